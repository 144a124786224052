"""Records what Firefox's DevTools write: "Save all Messages to File" of the console, and the Network tab's HAR.

`python -m tests.lab.recorders.firefox FOLDER [--lang fr] [--query one]` writes `console.log`, `network.har` and
`console-timestamps.log`. It needs Debian's `firefox-esr` (and `firefox-esr-l10n-fr`) and root, and runs itself in a
network of its own. The hard thing: both exports are DevTools' own code, and DevTools live in the browser's window.
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.lab.recorders.marionette import Marionette, firefox
from tests.lab.recorders.outcomes import Site, in_a_network_of_its_own, serving

TRUST = """
Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB).addCertFromBase64(given[0], 'CT,,');
"""
_TOOLBOX = """
const { require } = ChromeUtils.importESModule('resource://devtools/shared/loader/Loader.sys.mjs');
const { gDevTools } = require('devtools/client/framework/devtools');
const toolbox = await gDevTools.showToolboxForTab(gBrowser.selectedTab, { toolId: 'webconsole' });
"""
OPENED = f"""{_TOOLBOX}
await toolbox.getNetMonitorAPI();
"""
MESSAGES = f"""{_TOOLBOX}
const {{ ui }} = toolbox.getCurrentPanel().hud;
if (given[0]) ui.wrapper.getStore().dispatch({{ type: 'TIMESTAMPS_TOGGLE' }});
await new Promise(later => setTimeout(later, 1500));
const target = ui.outputNode.querySelector('.message');
const menu = ui.wrapper.getServiceContainer().openContextMenu({{ target, screenX: 0, screenY: 0 }}, undefined);
await menu.items.find(item => item.id === 'console-menu-export-clipboard').click();
const transfer = Cc['@mozilla.org/widget/transferable;1'].createInstance(Ci.nsITransferable);
transfer.init(null);
transfer.addDataFlavor('text/plain');
Services.clipboard.getData(transfer, Services.clipboard.kGlobalClipboard);
const copied = {{}};
transfer.getTransferData('text/plain', copied);
return copied.value.QueryInterface(Ci.nsISupportsString).data;
"""
_HAR = f"""{_TOOLBOX}
const net = await toolbox.getNetMonitorAPI();
return JSON.stringify(await net.getHar(), null, '  ');
"""


def record(folder: Path, language: str, query: str) -> None:
    """Let Firefox dial every outcome, and save what DevTools tell of it."""
    preferences: dict[str, bool | int | str] = {
        "intl.locale.requested": language,
        "devtools.webconsole.filter.net": True,
        "devtools.webconsole.filter.netxhr": True,
        "devtools.webconsole.persistlog": True,
        "devtools.netmonitor.persistlog": True,
    }
    site = Site.issued()
    with tempfile.TemporaryDirectory() as work, serving(site), firefox(Path(work) / "profile", preferences) as session:
        session.in_browser(TRUST, site.certificate)
        session.in_browser(OPENED)
        _visit(session, query)
        folder.mkdir(parents=True, exist_ok=True)
        for stem, stamped in {"console": False, "console-timestamps": True}.items():
            (folder / f"{stem}.log").write_text(session.in_browser(MESSAGES, stamped), encoding="utf-8")
        (folder / "network.har").write_text(session.in_browser(_HAR), encoding="utf-8")


def _visit(session: Marionette, query: str) -> None:
    if query == "connecting":
        session.call("WebDriver:Navigate", {"url": "https://app.example.com/?connecting"})
        session.wait_for_title("waiting")
        query = "one"
    session.call("WebDriver:Navigate", {"url": f"https://app.example.com/?{query}"})
    session.wait_for_title("done")
    time.sleep(1)


def _main() -> None:
    in_a_network_of_its_own("tests.lab.recorders.firefox")
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--lang", default="en-US")
    options.add_argument("--query", default="everything", help="everything, one, connecting")
    told = options.parse_args()
    record(told.folder, told.lang, told.query)


if __name__ == "__main__":
    _main()
