"use strict";
(() => {
  const form = document.getElementById("filters");
  const cases = [...document.querySelectorAll(".case")];
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");
  // A case's text is read when it is first asked for.
  const texts = new Map();
  const text = (it) => {
    if (!texts.has(it)) texts.set(it, it.textContent.toLowerCase());
    return texts.get(it);
  };
  const filter = () => {
    const statuses = [...form.elements.status].filter((box) => box.checked).map((box) => box.value);
    const tag = form.elements.tag.value;
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const it of cases) {
      const fits = statuses.some((status) => it.classList.contains(status))
        && (!tag || it.dataset.tags.split("\n").includes(tag))
        && words.every((word) => text(it).includes(word));
      it.hidden = !fits;
      if (fits) count += 1;
    }
    shown.textContent = `${count} of ${cases.length} cases`;
    none.hidden = count > 0;
  };
  const open = (value) => () => {
    for (const it of cases) if (!it.hidden) it.open = value;
  };
  const find = () => {
    const named = document.getElementById(location.hash.slice(1));
    if (named && named.classList.contains("case")) named.open = true;
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  document.getElementById("open").addEventListener("click", open(true));
  document.getElementById("close").addEventListener("click", open(false));
  addEventListener("hashchange", find);
  form.hidden = false;
  // A browser that goes back brings the filters' values with it.
  filter();
  find();
})();
