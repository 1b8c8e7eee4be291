#!/bin/sh
# Writes ajv.js (to the folder that is named, or beside this file) and the licences of what is in it.
# Needs Node and the npm registry; the same packages give the same bytes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/entry.js" "$here/equal.js" "$work"
cd "$work"
npm ci --no-audit --no-fund --silent
./node_modules/.bin/esbuild entry.js --bundle --minify --format=esm --target=es2020 \
  --alias:fast-deep-equal=./equal.js --legal-comments=none --log-level=error --outfile="$out/ajv.js"
for package in ajv fast-uri json-schema-traverse; do
  printf '%s\n\n' "== $package"
  cat "node_modules/$package/LICENSE"
  printf '\n'
done > "$out/LICENSE"
