"use strict";
(() => {
  const COPIED_FOR_MS = 1600;
  const words = JSON.parse(document.body.dataset.words ?? "{}");
  const said = (english) => words[english] ?? english;
  const button = (text, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = said(text);
    made.setAttribute("aria-label", said(label));
    made.addEventListener("click", () => act(made));
    return made;
  };

  const copied = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  };
  const patchOf = (pre) => {
    const saved = pre.closest(".patch")?.querySelector("a[download]");
    if (!saved) return null;
    const bytes = Uint8Array.from(atob(saved.href.split(",", 2)[1]), (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  };
  const textOf = (pre) => patchOf(pre) ?? [...pre.children].map((line) => line.textContent.replace(/\n$/, "")).join("\n");
  for (const pre of document.querySelectorAll("pre:not(.records pre)")) {
    const holder = document.createElement("div");
    holder.className = "copyable";
    pre.replaceWith(holder);
    const copy = button("Copy", "Copy these lines", async (pressed) => {
      await copied(textOf(pre));
      pressed.textContent = said("Copied");
      setTimeout(() => { pressed.textContent = said("Copy"); }, COPIED_FOR_MS);
    });
    holder.append(pre, copy);
  }

  for (const plot of document.querySelectorAll(".plot")) {
    const WIDTH = 1000;
    const start = Number(plot.dataset.start);
    const end = Number(plot.dataset.end);
    const lanes = [...plot.querySelectorAll(".lane")];
    const axis = plot.querySelector(".axis");
    const drawn = [...axis.childNodes];
    const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800];
    const SMALLEST = Math.min(WIDTH, (WIDTH * 5) / Math.max(end - start, 1));
    let from = 0;
    let width = WIDTH;

    const ticks = () => {
      const seconds = ((end - start) * width) / WIDTH;
      const since = start + ((end - start) * from) / WIDTH;
      const weeks = STEPS.at(-1) * Math.ceil(seconds / 6 / STEPS.at(-1));
      const step = STEPS.find((each) => seconds / each <= 6) ?? weeks;
      axis.replaceChildren();
      for (let at = Math.ceil(since / step) * step; at <= since + seconds; at += step) {
        const told = new Date(at * 1000).toISOString();
        const percent = `${((at - since) * 100) / seconds}%`;
        const line = document.createElementNS(axis.namespaceURI, "line");
        for (const [name, value] of [["x1", percent], ["x2", percent], ["y1", 0], ["y2", 5]]) line.setAttribute(name, value);
        const text = document.createElementNS(axis.namespaceURI, "text");
        text.setAttribute("x", percent);
        text.setAttribute("y", 18);
        text.textContent = step < 60 ? told.slice(11, 19) : step < 86400 ? told.slice(11, 16) : told.slice(5, 10);
        axis.append(line, text);
      }
    };
    const show = (left, wide) => {
      width = Math.min(WIDTH, Math.max(SMALLEST, wide));
      from = Math.min(WIDTH - width, Math.max(0, left));
      for (const lane of lanes) lane.setAttribute("viewBox", `${from} 0 ${width} 100`);
      if (width === WIDTH) axis.replaceChildren(...drawn);
      else ticks();
    };

    const tools = document.createElement("p");
    tools.className = "tools";
    tools.append(
      button("\u2212", "Zoom out", () => show(from - width / 2, width * 2)),
      button("+", "Zoom in", () => show(from + width / 4, width / 2)),
      button("\u2190", "Earlier", () => show(from - width / 2, width)),
      button("\u2192", "Later", () => show(from + width / 2, width)),
      button("All", "All of the time", () => show(0, WIDTH)),
    );
    plot.before(tools);

    const place = (event, lane) => {
      const box = lane.getBoundingClientRect();
      return from + (width * (event.clientX - box.left)) / box.width;
    };
    for (const lane of lanes) {
      let pressed = null;
      lane.addEventListener("pointerdown", (event) => { pressed = place(event, lane); lane.setPointerCapture(event.pointerId); });
      lane.addEventListener("pointerup", (event) => {
        const released = place(event, lane);
        if (pressed !== null && Math.abs(released - pressed) > width / 100) {
          show(Math.min(pressed, released), Math.abs(released - pressed));
        }
        pressed = null;
      });
      lane.addEventListener("dblclick", () => show(0, WIDTH));
    }
  }
})();
