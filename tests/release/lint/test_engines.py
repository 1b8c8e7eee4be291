"""What lint says of patterns against three engines that are really asked.

Python's ``re``, Node (with the flag ``u``) and jsonschema-rs. ``.`` and a last line feed are left
aside, as the rules do.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import warnings

import pytest

from mobstd.release.lint.rules.pattern import ECMA, PYTHON, differences, refusals

PIECES = r"""
a [a-z] [^a] \d \w \s \S \D \W \b \B \. \- \_ \/ \: \@ \' \" \, \# \& \~ \< \= \! \%
[\w-] [\d.] [a\-z] [\.] [\_] [a-] [-a] [a-\d] [\w-a] [z-a] []a] [^]a] [] [^] [[] [[a] [a&&b] [a--b]
[a~~b] [a||b] [\b] [\B] [^\S] [.] [\]] [\\] [(] [{] [a/] [\/] [$] [\^] [|] [&] [~]
\A \Z \z \G \Q \E \K \R \X \h \H \v \f \t \0 \01 \012 \1 (a)\1 \2 \x41 \x4 \x \xZZ \u0041 \u004
\u{41} \u{1F600} \U00000041 \cA \c \c1 \e \a \o \p \pL \p{L} \P{L} \p{Script=Latin} \N \k<n> \k \g
(a) (?:a) (?=a) (?!a) (?<=a) (?<!a) (?<n>a) (?P<n>a) (?P<n>a)(?P=n) (?i)a (?i:a) (?-i:a) (?m)^a$
(?#c)a (?>a) (?|a) (?a)a (?u)a (?(1)a) () (|a) (a|) a| |a (? ( a)
a* a+ a? a*? a+? a?? a*+ a++ a?+ a{2} a{2,} a{2,3} a{2,3}? a{2}+ a{,3} a{ a} a{} a{x} a{1 a{3,2}
a{1,2,3} { } {2} ] * + ? ** a** a{2}{3} ^* $* \b* (?=a)* (?<=a)* ^^ $$ ^ $ \$ \^ [0-9]{2} é [é] \é
"""

TEXTS = [
    *("", "a", "b", "aa", "aaa", "A", "ab", "ba", "z", "-", "_", ".", "/", ":", "@", " ", "'", '"'),
    *("#", "&", "&&", "~", "~~", "--", "<", "=", "!", "%", "|", "||", "]", "[", "[a", "]a", "{"),
    *("}", "{2}", "a{,3}", "a{", "a}", "a{}", "a{x}", "a{1,2,3}", "\\", "^", "$", "0", "1", "12"),
    *("\u0663", "é", "\ufeff", "\u00a0", "\u2028", "\u0085", "\u200b", "\v", "\f", "\t", "\b"),
    *("\0", "\x01", "\x1b", "d", "w", "s", "n", "L", "p", "Z", "h", "e", "\U0001f600", "aé", "éa"),
    *("a" * 6, "pL", "p{L}", "K", "\u212a", "\u017f", "i", "c", "41", "x41", "u0041", "k", "a b"),
]

NODE = """
const {patterns, texts} = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(patterns.map(pattern => {
  try { const read = new RegExp(pattern, "u"); return texts.map(text => read.test(text)); }
  catch (error) { return null; }
})));
"""

Answers = list[bool] | None


def of_python(pattern: str) -> Answers:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read = re.compile(pattern)
        except re.error:
            return None
    return [read.search(text) is not None for text in TEXTS]


def of_rust(pattern: str) -> Answers:
    import jsonschema_rs

    try:
        judge = jsonschema_rs.validator_for({"pattern": pattern})
    except ValueError:
        return None
    return [judge.is_valid(text) for text in TEXTS]


def of_node(patterns: list[str]) -> list[Answers]:
    given = json.dumps({"patterns": patterns, "texts": TEXTS})
    done = subprocess.run(
        ["node", "-e", NODE], input=given, capture_output=True, text=True, check=True
    )
    answers: list[Answers] = json.loads(done.stdout)
    return answers


@pytest.mark.foreign
@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not there")
def test_what_three_engines_do_is_what_lint_says() -> None:
    pieces = PIECES.split()
    pairs = [random.Random(number).sample(pieces, 2) for number in range(300)]
    patterns = [f"^{piece}$" for piece in pieces] + [f"^{one}{other}$" for one, other in pairs]
    patterns += [f"^({one}|{other})$" for one, other in pairs[:120]]
    silent = 0
    for pattern, ecma in zip(patterns, of_node(patterns), strict=True):
        python, rust = of_python(pattern), of_rust(pattern)
        refused = refusals(pattern)
        named = ", ".join(engines for engines, _ in refused)
        assert (PYTHON in named) == (python is None), pattern
        assert ecma is None or ECMA not in named, pattern
        assert refused or differences(pattern) or None not in (ecma, rust), pattern
        if not refused and not differences(pattern) and "." not in pattern:
            assert python == ecma == rust, pattern
            silent += 1
    assert silent > 60, "lint has nothing to say of the most"
