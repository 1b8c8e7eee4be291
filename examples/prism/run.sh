#!/bin/sh
# usage: run.sh [DOCUMENT] [PORT] [--dynamic | other options of `prism mock`]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
upstream=$here/../../../shared/reference/upstream/standard-covoiturage-1.0.0-alpha.openapi.yaml
document=
port=4010

case "${1-}" in '' | -*) ;; *) document=$1; shift ;; esac
case "${1-}" in '' | -*) ;; *) port=$1; shift ;; esac

if [ -z "$document" ]; then
  if [ ! -f "$upstream" ]; then
    echo "run.sh: which OpenAPI document? usage: run.sh DOCUMENT [PORT] [--dynamic]" >&2
    exit 2
  fi
  document=$upstream
elif [ ! -f "$document" ]; then
  echo "run.sh: $document: no such file" >&2
  exit 2
fi

prism=$here/node_modules/.bin/prism
[ -x "$prism" ] || npm install --prefix "$here" --loglevel error >&2
exec "$prism" mock --host 127.0.0.1 --port "$port" "$@" "$document"
