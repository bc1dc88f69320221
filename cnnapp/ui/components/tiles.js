export default function ({ data, parentElement, setTriggerValue }) {
  const { meta, pictures } = unpack(data);
  const box = parentElement.querySelector(".tiles"), image = box.querySelector("img");
  const mark = box.querySelector(".mark"), tip = box.querySelector(".tip");
  const frame = parentElement.querySelector(".frame"), names = parentElement.querySelector(".names");
  const url = URL.createObjectURL(pictures[0]);
  image.src = url;
  image.alt = meta.label;
  image.style.width = meta.width + "px";
  box.setAttribute("aria-label", meta.label + ". Arrow keys choose another.");
  frame.classList.toggle("named", meta.names.length > 0);
  names.replaceChildren(...meta.names.map((name) => {
    const line = document.createElement("span");
    line.textContent = line.title = name;
    return line;
  }));
  const share = (part, whole) => (100 * part) / whole + "%";
  let position = meta.order.indexOf(meta.chosen);
  const corner = (at) => [Math.floor(at / meta.columns) * (meta.tile[0] + meta.gap) + meta.gap,
    (at % meta.columns) * (meta.tile[1] + meta.gap) + meta.gap];
  const show = () => {
    const [top, left] = corner(position);
    Object.assign(mark.style, {
      display: position < 0 ? "none" : "block",
      top: share(top, meta.height), height: share(meta.tile[0], meta.height),
      left: share(left, meta.width), width: share(meta.tile[1], meta.width),
    });
  };
  const choose = (at) => {
    if (!(meta.order[at] >= 0) || at === position) return;
    position = at;
    show();
    setTriggerValue("chosen", meta.order[at]);
  };
  const under = (event) => {
    const shown = image.getBoundingClientRect();
    const y = ((event.clientY - shown.top) / shown.height) * meta.height - meta.gap / 2;
    const x = ((event.clientX - shown.left) / shown.width) * meta.width - meta.gap / 2;
    const row = Math.floor(y / (meta.tile[0] + meta.gap)), column = Math.floor(x / (meta.tile[1] + meta.gap));
    const at = row * meta.columns + column;
    return row >= 0 && column >= 0 && column < meta.columns && meta.order[at] >= 0 ? at : null;
  };
  box.onclick = (event) => choose(under(event));
  box.onpointermove = (event) => {
    const at = under(event);
    tip.style.display = at === null ? "none" : "block";
    if (at === null) return;
    const [top, left] = corner(at);
    tip.textContent = meta.noun + " " + meta.order[at];
    tip.style.left = share(left, meta.width);
    tip.style.top = `max(${meta.names.length ? 0 : -22}px, calc(${share(top, meta.height)} - 22px))`;
  };
  box.onpointerleave = () => (tip.style.display = "none");
  box.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -meta.columns, ArrowDown: meta.columns }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(position + step);
  };
  show();
  return () => URL.revokeObjectURL(url);
}
