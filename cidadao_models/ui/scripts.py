"""The little JavaScript of the page: what Gradio leaves to the browser. Wires nothing."""

from __future__ import annotations

import json

from cidadao_models.reading.limits import Limits
from cidadao_models.ui import render, texts

OPEN_ROW = """
element.addEventListener('click', (event) => {
  const more = event.target.closest('[data-more]');
  if (more) {
    const open = more.getAttribute('aria-expanded') !== 'true';
    more.setAttribute('aria-expanded', String(open));
    const word = more.querySelector('span');
    word.textContent = open ? word.dataset.hide : word.dataset.show;
    element.querySelectorAll(`[data-of="${more.dataset.more}"]`)
      .forEach((row) => { row.hidden = !open; });
    return;
  }
  const row = event.target.closest('[data-row]');
  if (row) { trigger('select', { row: Number(row.dataset.row) }); }
});
"""
"""Tells the page which finding was clicked; the button in the row makes it work by keyboard.
Another button unfolds the findings that share the row's reason."""

MARK_ROW = """() => { setTimeout(() => {
  const open = document.querySelector('#file-finding [data-record]');
  const list = document.querySelector('#file-findings .scroll');
  if (!open || !list) { return; }
  list.querySelectorAll('[aria-current]').forEach((row) => row.removeAttribute('aria-current'));
  const row = list.querySelector(`[data-row="${open.dataset.record}"]`);
  if (!row) { return; }
  if (row.hidden) { list.querySelector(`[data-more="${row.dataset.of}"]`)?.click(); }
  row.setAttribute('aria-current', 'true');
  const [top, bottom] = [row.offsetTop - 44, row.offsetTop + row.offsetHeight];
  if (top < list.scrollTop) { list.scrollTop = top; }
  if (bottom > list.scrollTop + list.clientHeight) { list.scrollTop = bottom - list.clientHeight; }
}, 120); }"""
"""Marks the row of the open finding and brings it into the list's own window."""

SHOW_PANEL = """() => { setTimeout(() => {
  const one = document.querySelector('#file-one');
  if (!one) { return; }
  const top = one.getBoundingClientRect().top;
  if (top > window.innerHeight * 0.6) { one.scrollIntoView({ block: 'start' }); }
}, 160); }"""
"""Brings the finding that was chosen into view, where it lies below the screen."""

SAVE_FILE = """(file) => {
  const one = Array.isArray(file) ? file[0] : file;
  if (!one || !one.url) { return; }
  const link = document.createElement("a");
  link.href = one.url;
  link.download = one.orig_name || "";
  document.body.appendChild(link);
  link.click();
  link.remove();
}"""
"""Saves the file just made, so that one click is enough."""

TEXT_MARKS = """() => {
  const reasons = (mark) => (mark.dataset.why ?? '').split(' ')
    .map((id) => document.getElementById(id)?.textContent ?? '').filter(Boolean).join(' · ');
  const tell = (mark) => {
    const bar = mark.closest('#contract-marked')?.querySelector('.why');
    if (bar) { bar.textContent = reasons(mark) || bar.dataset.hint; }
  };
  const marked = (event) => event.target.closest?.('#contract-marked mark[data-why]');
  for (const kind of ['pointerover', 'focusin', 'click']) {
    document.addEventListener(kind, (event) => {
      const mark = marked(event);
      if (mark) { tell(mark); }
    });
  }
  const back = (event) => {
    const bar = event.target.closest?.('#contract-marked')?.querySelector('.why');
    const focused = document.activeElement?.closest?.('#contract-marked mark[data-why]');
    if (focused) { tell(focused); } else if (bar) { bar.textContent = bar.dataset.hint; }
  };
  document.addEventListener('pointerout', (event) => { if (marked(event)) { back(event); } });
  const go = (button) => {
    const names = `#contract-marked mark[data-marks~="${CSS.escape(button.dataset.go)}"]`;
    const mark = document.querySelector(names);
    if (!mark) { return; }
    const box = mark.closest('.act');
    box.scrollTop = mark.offsetTop - box.clientHeight / 3;
    const { top, bottom } = mark.getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight) { mark.scrollIntoView({ block: 'center' }); }
    mark.focus({ preventScroll: true });
  };
  const copy = (button) => {
    const rows = [...document.querySelectorAll(`#${button.dataset.copy} tr`)];
    const text = rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()).join('\\t'))
      .join('\\n');
    const said = button.textContent;
    const done = () => {
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = said; }, 2000);
    };
    navigator.clipboard?.writeText(text).then(done, () => {});
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-go], [data-copy]');
    if (!button) { return; }
    if (button.dataset.go) { go(button); } else { copy(button); }
  });
}"""
"""Tells why a stretch of the text is marked, under the pointer, the finger or the keyboard; brings
a mark into view; copies the table of facts."""

RUN_EXAMPLE = """() => {
  const until = Date.now() + 5000;
  const look = () => {
    const button = document.querySelector(%s);
    if (button && button.offsetParent) { button.click(); }
    else if (Date.now() < until) { setTimeout(look, 60); }
  };
  look();
}"""
"""Clicks an example once the tab it is on is there."""

SAVE_CHARTS = """() => {
  const charts = [...document.querySelectorAll(
    '#spectral-plot .js-plotly-plot, #spectral-spectrum .js-plotly-plot')]
    .filter((chart) => chart.clientWidth);
  if (!charts.length) { return; }
  const names = ['fill', 'font-family', 'font-size', 'font-weight'];
  const width = Math.max(...charts.map((chart) => chart.clientWidth));
  const height = charts.reduce((sum, chart) => sum + chart.clientHeight, 0);
  let top = 0;
  const layers = charts.flatMap((chart) => {
    const found = [...chart.querySelectorAll('svg.main-svg')].map((layer) => {
      const copy = layer.cloneNode(true);
      const texts = copy.querySelectorAll('text');
      layer.querySelectorAll('text').forEach((text, i) => {
        const seen = getComputedStyle(text);
        names.forEach((name) => texts[i].style.setProperty(name, seen.getPropertyValue(name)));
      });
      copy.setAttribute('y', top);
      return new XMLSerializer().serializeToString(copy);
    });
    top += chart.clientHeight;
    return found;
  });
  const paper = getComputedStyle(document.body).backgroundColor;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`
    + `<rect width="100%" height="100%" fill="${paper}"/>${layers.join('')}</svg>`;
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement('canvas');
    canvas.width = 2 * width;
    canvas.height = 2 * height;
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    const link = document.createElement('a');
    link.href = canvas.toDataURL('image/png');
    link.download = 'serie.png';
    document.body.appendChild(link);
    link.click();
    link.remove();
  };
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg);
}"""
"""Saves the two main charts of a series as one picture, with the colours on the screen."""

_ON_LOAD = """() => {
  const describe = () => document.querySelectorAll('.js-plotly-plot').forEach((chart) => {
    const title = chart.querySelector('.gtitle')?.textContent ?? '';
    const box = chart.closest('.figure') ?? chart.closest('#file-one');
    const reading = box?.querySelector('.reading')?.textContent.trim() ?? '';
    const label = `${title} ${reading}`.trim();
    if (chart.getAttribute('aria-label') === label) { return; }
    chart.setAttribute('role', 'img');
    chart.setAttribute('aria-label', label);
  });
  const name = () => document.querySelectorAll(
    ['#file-input', '#spectral-file', '#contract-file']
      .map((place) => `${place} button[aria-label^="Click to"]`).join(', '))
    .forEach((button) => button.removeAttribute('aria-label'));
  const words = %s;
  const translate = () => document.querySelectorAll('.toast-wrap *').forEach((box) => {
    if (box.childElementCount) { return; }
    const found = words.find(([start]) => box.textContent.trim().startsWith(start));
    if (found) { box.textContent = found[1]; }
  });
  const all = () => { describe(); name(); translate(); };
  new MutationObserver(all).observe(document.body,
    { childList: true, subtree: true, attributes: true, attributeFilter: ['aria-label'] });
  all();
}"""
"""Gives each chart its question and reading as a text alternative. What Gradio 6.31 only has in
English gets Portuguese words: its messages, and the name of the button for files."""


def on_load(limits: Limits) -> str:
    """What runs once, when the page is open."""
    too_large = texts.TOO_LARGE.format(size=render.limits_sentence(limits))
    words = [("File(s) exceed", too_large), *texts.GRADIO_SAYS.items()]
    return _ON_LOAD % json.dumps(words, ensure_ascii=False)
