"""Looks at how an exported page lies in Chromium: lib_page_fit.py [--drawings] PAGE.html [WIDTH HEIGHT]...

Prints what is wrong, a line each; nothing when all is well. The page is put into a frame of each size
(390 by 844 and 1280 by 800 without any), so that its own rules for narrow screens hold. Looked for:
whether anything reaches over the side, whether the first screen has the numbers of the summary and the
first thing that failed, whether sheets come after it, and, with all that is folded opened, whether a
label of a chart is cut or touches another one. With --drawings, of the register's page: whether anything
reaches over the side, and whether a text of a drawing is cut, or reaches out of its box.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

LOOK = r"""
function look(frame, width, height) {
  const doc = frame.contentDocument, found = [];
  const say = text => found.push(width + " by " + height + ": " + text);
  const box = e => e.getBoundingClientRect();
  if (doc.scrollingElement.scrollWidth > width)
    say("the page is " + doc.scrollingElement.scrollWidth + " wide");
  for (const e of doc.querySelectorAll("#summary .scroll, #scorecard .scroll"))
    if (box(e).width > 0 && e.scrollWidth > e.clientWidth + 1)
      say(e.getAttribute("aria-labelledby") + " is to be scrolled sideways");
  const tally = doc.querySelector("#summary dl"), failed = doc.querySelector("#summary tbody tr");
  if (!tally || box(tally).bottom > height) say("the summary's numbers are not on the first screen");
  if (failed && box(failed).bottom > height) say("what failed first is not on the first screen");
  const first = doc.querySelector(".sheet");
  if (!first || box(first).top < box(doc.querySelector("#summary")).bottom)
    say("a sheet comes before the end of the summary");
  for (const e of doc.querySelectorAll("details")) e.open = true;
  let labels = 0;
  for (const plot of doc.querySelectorAll("svg.plot")) {
    const whole = box(plot), texts = [...plot.querySelectorAll("text:not(.name)")];
    for (const t of plot.querySelectorAll("text")) {
      const b = box(t);
      labels++;
      if (b.left < whole.left - 1 || b.right > whole.right + 1 || b.top < whole.top - 1 ||
          b.bottom > whole.bottom + 1)
        say("the label '" + t.textContent + "' of '" + plot.querySelector("title").textContent + "' is cut");
    }
    for (let i = 1; i < texts.length; i++) {
      const a = box(texts[i - 1]), b = box(texts[i]);
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        say("labels touch: '" + texts[i - 1].textContent + "' and '" + texts[i].textContent + "'");
    }
  }
  return {found, labels};
}
"""
DRAWINGS = r"""
function look(frame, width, height) {
  const doc = frame.contentDocument, found = [];
  const say = text => found.push(width + " by " + height + ": " + text);
  const box = e => e.getBoundingClientRect();
  if (doc.scrollingElement.scrollWidth > width)
    say("the page is " + doc.scrollingElement.scrollWidth + " wide");
  let labels = 0;
  for (const svg of doc.querySelectorAll("svg.bow, svg.map, svg.bars")) {
    const whole = box(svg);
    let room = null;
    for (const e of svg.querySelectorAll("rect.bx, text")) {
      const b = box(e);
      if (e.tagName === "rect") {
        room = b;
        continue;
      }
      labels++;
      if (b.left < whole.left - 1 || b.right > whole.right + 1 || b.top < whole.top - 1 || b.bottom > whole.bottom + 1)
        say("the label '" + e.textContent + "' of '" + svg.querySelector("title").textContent + "' is cut");
      if (room && !e.classList.contains("c") && b.top < room.bottom && (b.left < room.left || b.right > room.right || b.bottom > room.bottom))
        say("the label '" + e.textContent + "' reaches out of its box");
    }
  }
  return {found, labels};
}
"""
RUN = r"""
const out = [], sizes = SIZES;
let left = sizes.length, labels = 0;
for (const [width, height] of sizes) {
  const frame = document.createElement("iframe");
  frame.width = width; frame.height = height; frame.style.border = 0;
  frame.onload = () => {
    const r = look(frame, width, height);
    out.push(...r.found); labels += r.labels;
    if (--left == 0) {
      const pre = document.createElement("pre");
      pre.id = "fit"; pre.textContent = JSON.stringify({found: out, labels});
      document.body.appendChild(pre);
    }
  };
  frame.srcdoc = PAGE;
  document.body.appendChild(frame);
}
"""


def main():
    drawings = sys.argv[1] == "--drawings"
    words = sys.argv[2:] if drawings else sys.argv[1:]
    page = pathlib.Path(words[0]).read_text(encoding="utf-8")
    numbers = [int(n) for n in words[1:]] or [390, 844, 1280, 800]
    sizes = list(zip(numbers[::2], numbers[1::2]))
    text = json.dumps(page).replace("<", "\\u003c")
    run = RUN.replace("SIZES", json.dumps(sizes)).replace("PAGE", text)
    with tempfile.TemporaryDirectory() as folder:
        around = pathlib.Path(folder, "around.html")
        around.write_text(f"<!DOCTYPE html><meta charset=utf-8><body><script>{DRAWINGS if drawings else LOOK}{run}</script></body>", encoding="utf-8")
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={folder}/profile", "--window-size=1400,1000", "--virtual-time-budget=60000",
             "--dump-dom", around.as_uri()],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=False)
    answer = re.search(r'<pre id="fit">(.*?)</pre>', done.stdout.decode("utf-8", "replace"), flags=re.S)
    if not answer:
        sys.exit("Chromium gave no answer")
    result = json.loads(answer.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    if result["labels"] < 10 * len(sizes):
        sys.exit(f"only {result['labels']} labels were looked at")
    print("\n".join(result["found"]))


main()
