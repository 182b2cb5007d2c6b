"""Looks at an exported page in Chromium: lib_page.py AXE.js PAGE.html [screen|print].

Prints what axe-core finds (rules of WCAG 2.0 to 2.2, A and AA, and its best practices), one a line;
nothing when all is well. A copy of the page gets axe as a script: the page itself allows none.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

RUN = """
axe.run(document, {resultTypes: ["violations", "incomplete"]}).then(r => {
  const out = document.createElement("pre");
  out.id = "axe-result";
  out.textContent = JSON.stringify({rules: r.passes.length, violations: r.violations,
                                    incomplete: r.incomplete});
  document.body.appendChild(out);
});
"""


def main():
    axe = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    page = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")
    page, n = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    if n != 1:
        sys.exit("the page has no policy of its own")
    page = page.replace("</body>", f"<script>{axe}</script><script>{RUN}</script></body>")
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder, "page.html")
        copy.write_text(page, encoding="utf-8")
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={folder}/profile", "--window-size=1280,1000",
             "--virtual-time-budget=60000", "--dump-dom", copy.as_uri()],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=False)
    dom = done.stdout.decode("utf-8", "replace")
    found = re.search(r'<pre id="axe-result">(.*?)</pre>', dom, flags=re.S)
    if not found:
        sys.exit("Chromium gave no answer")
    text = found.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    result = json.loads(text)
    if result["rules"] < 15:
        sys.exit(f"only {result['rules']} rules were looked at")
    for v in result["violations"]:
        print(v["id"], v["impact"], v["help"], v["nodes"][0]["html"][:150], len(v["nodes"]))
    if "--all" in sys.argv:
        for v in result["incomplete"]:
            print("?", v["id"], v["help"], v["nodes"][0]["html"][:150], len(v["nodes"]))


main()
