"""What Node really prints of an object is read back."""

import json
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.formats.facts import Facts, facts_of
from analyzer.formats.inspected import read_value

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\u2028\u2029"), max_size=20) | st.sampled_from(
    [
        "it's",
        'say "hi"',
        'it\'s "both"',
        "`all` ' \"",
        "a\nb",
        "{",
        "}",
        "[x]",
        "a: b",
        "//",
        "=>",
        "https://a.test",
        "\\",
    ]
)
KEYS = st.sampled_from(["pathname", "a-b", "origin", "1", "user agent", "é", "it's", "$x", "[k]"])
VALUES = st.recursive(
    TEXT, lambda inner: st.lists(inner, max_size=9) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=12
)
NODE = shutil.which("node")
PRINT = """
const values = JSON.parse(require('fs').readFileSync(0))
process.stdout.write(JSON.stringify(values.map(v => require('util').inspect(v, {depth: 9}))))
"""


def inspect(values: list[object]) -> list[str]:
    assert NODE is not None
    printed = subprocess.run([NODE, "-e", PRINT], input=json.dumps(values), capture_output=True, text=True, check=True)
    return list(json.loads(printed.stdout))


@pytest.mark.lab
@settings(max_examples=25, deadline=None)
@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=6), min_size=1, max_size=20))
def test_what_node_printed_is_read_back(values: list[object]) -> None:
    for value, printed in zip(values, inspect(values), strict=True):
        assert read_value(printed) == value, printed


FORMS = """({
  u: undefined, n: null, d: new Date(0), r: /[/'"]x\\/{}/g, f: function foo() {}, a: () => 1,
  c: class A extends Array {},
  e: Symbol("s"), big: 10n, neg: -0, m: new Map([["k", {v: 1}]]), set: new Set([1, "b"]), buf: Buffer.from("hi"),
  [Symbol("key")]: {host: "x"}, err: new Error("it's {broken}, [really]"), arr: new Array(3), long: Array(103).fill(7),
  typed: new Uint8Array(3), p: Promise.resolve(4), bare: Object.create(null), w: new WeakMap(), url: new URL("http://a/b?c"),
  get g() { return 1 }, deep: {a: {b: {c: {d: 1}}}}, str: new String("x"), args: (function () { return arguments })(1),
  gen: function* gen() {}, many: "line\\n".repeat(30), target: "/ws"
})"""


@pytest.mark.lab
def test_every_form_that_node_prints_is_read() -> None:
    assert NODE is not None
    script = f"const o = {FORMS}; o.self = o; console.log(o)"
    printed = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True).stdout
    value = read_value(printed[printed.index("{") :])
    assert isinstance(value, dict), printed
    assert value["target"] == "/ws"
    assert value["many"] == "line\n" * 30
    assert value["[Symbol(key)]"] == {"host": "x"}
    assert (value["u"], value["big"], value["neg"]) == ("undefined", "10n", "-0")


@pytest.mark.parametrize("torn", ["", "{", "{ a: 'x", "{ a: }", "}{", "{ a: 1", "{" * 50 + "}" * 50, "[" * 10_000])
def test_a_torn_object_breaks_nothing(torn: str) -> None:
    assert facts_of(read_value(torn)) == Facts()


def test_undefined_is_not_the_word_undefined() -> None:
    facts = facts_of(read_value("{ origin: undefined, host: 'a.test', upgrade: undefined, url: '/ws' }"))
    assert (facts.origin, facts.upgrade, facts.target) == (None, "", "/ws")


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    facts_of(read_value("{" + text))
