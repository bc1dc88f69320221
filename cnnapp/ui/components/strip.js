function column(layer, url, chosen, open) {
  const button = document.createElement("button");
  const part = (tag, text) => { const node = document.createElement(tag); node.textContent = text; return node; };
  const image = new Image();
  image.src = url;
  image.alt = "";
  button.dataset.name = layer.name;
  button.title = layer.name + ": " + layer.kind + ", " + layer.shape;
  button.style.setProperty("--kind", layer.colour);
  button.setAttribute("aria-pressed", layer.name === chosen);
  const title = part("b", layer.symbol + " " + layer.name);
  button.append(title, part("small", layer.shape), image, part("small", layer.more));
  button.disabled = layer.fixed;
  button.onclick = open;
  return button;
}
export default function ({ data, parentElement, setTriggerValue }) {
  const { meta, pictures } = unpack(data);
  const strip = parentElement.querySelector(".strip");
  const urls = pictures.map((picture) => URL.createObjectURL(picture));
  const focused = parentElement.activeElement?.dataset?.name, scrolled = strip.scrollLeft;
  const columns = meta.layers.map((layer, at) => column(layer, urls[at], meta.chosen, () => {
    for (const other of columns) other.setAttribute("aria-pressed", other === columns[at]);
    setTriggerValue("layer", layer.name);
  }));
  strip.replaceChildren(...columns);
  strip.scrollLeft = scrolled;
  const open = columns.find((button) => button.getAttribute("aria-pressed") === "true");
  const right = open ? open.offsetLeft + open.offsetWidth : 0;
  const visible = open && open.offsetLeft >= strip.scrollLeft && right <= strip.scrollLeft + strip.clientWidth;
  if (open && !visible) strip.scrollLeft = open.offsetLeft - 60;
  columns.find((button) => button.dataset.name === focused)?.focus();
  return () => urls.forEach((url) => URL.revokeObjectURL(url));
}
