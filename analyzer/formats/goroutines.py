"""Go's stacks: which lines are one, whichever logger stands before them.

In come lines, out goes what goes on. The hard thing is that a frame is two lines, of which only the second one looks
like one; and that gin prints the whole request between the panic and its stack.
"""

import polars as pl

from analyzer.records import Assembly

_HEAD = (
    r"^(?:(?:\S+ )?[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:|\[GIN|[0-9]{4}-[0-9]{2}-[0-9]{2}T|(?:time|ts|level)=|\{\""
    r"|[0-9]{1,2}:[0-9]{2}[AP]M |(?:INFO|WARN|ERRO|DEBU|FATA|PANI|TRAC)\[|panic: |fatal error: )"
)
_FRAME = r"^(?:\t\S+| {4,8}\S+\.go):[0-9]+(?: |$)|^/\S+:[0-9]+ \(0x[0-9a-f]+\)$"
_GOES_ON = (
    r"^(?:\t\S| {4,8}\S+\.go:[0-9]+(?: |$)|/\S+:[0-9]+ \(0x|goroutine [0-9]+ |created by |\[signal |exit status [0-9]+$"
    r"|Error #[0-9]+: | - using (?:env|code):|Please check https://pkg\.go\.dev/)"
)
_DUMPS, _GOROUTINE = r"\bpanic recovered:$", r"^goroutine [0-9]+ "


def go_assembly() -> Assembly:
    """Make records of what Go programs print: a panic is one with its goroutine's stack."""

    def goes_on(line: pl.Expr) -> pl.Expr:
        after = line.shift(-1).fill_null("")
        head = line.str.contains(_HEAD)
        called = after.str.contains(_FRAME) & ~line.str.contains(r"^\s") & ~head
        blank = (line == "") & after.str.contains(_GOROUTINE)
        dumps = pl.when(line.str.contains(_DUMPS)).then(pl.lit(value=True)).when(head).then(pl.lit(value=False))
        return line.str.contains(_GOES_ON) | called | blank | (dumps.forward_fill().fill_null(value=False) & ~head)

    return Assembly(goes_on=goes_on, begins=lambda line: line.str.contains(_HEAD))


def without_frames(text: pl.Expr) -> pl.Expr:
    """Give the words before a stack."""
    return text.str.replace(
        r"(?s)(?: goroutine [0-9]+ \[running\]:)?"  # echo prints both on one line
        r"\n(?:\n?goroutine |\[signal |[^\n]*\n(?:\t| {4,8}\S+\.go:)|[^\n]*\n/\S+ \(0x).*$",
        "",
    ).str.strip_chars_end()
