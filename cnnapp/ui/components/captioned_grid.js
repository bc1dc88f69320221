export default function ({ data, parentElement }) {
  const { meta, pictures } = unpack(data);
  const grid = parentElement.querySelector(".grid"), url = URL.createObjectURL(pictures[0]);
  const place = (at, all) => (all > 1 ? (100 * at) / (all - 1) : 0) + "%";
  const head = meta.heads.map((words) => {
    const line = document.createElement("div");
    line.className = "head";
    line.textContent = words;
    return line;
  });
  const cells = meta.captions.map((words, at) => {
    const cell = document.createElement("figure"), tile = document.createElement("div");
    const row = Math.floor(at / meta.columns), column = at % meta.columns;
    if (!column) cell.className = "original";
    tile.className = "tile";
    tile.setAttribute("role", "img");
    tile.setAttribute("aria-label", `Image ${row + 1}, ${meta.heads[column]}`);
    Object.assign(tile.style, {
      aspectRatio: meta.tile[1] + " / " + meta.tile[0],
      background: `url(${url}) ${place(column, meta.columns)} ${place(row, meta.rows)}`,
      backgroundSize: 100 * meta.columns + "% " + 100 * meta.rows + "%",
      imageRendering: meta.tile[0] < 100 ? "pixelated" : "auto",
    });
    cell.append(tile);
    if (words) {
      const line = document.createElement("figcaption");
      line.textContent = words;
      cell.append(line);
    }
    return cell;
  });
  const picture = new Image();
  picture.src = url;
  picture.decode().catch(() => {}).then(() => {  // what stands there stays until its successor can be drawn
    grid.style.gridTemplateColumns = `repeat(${meta.columns}, minmax(0, 116px))`;
    grid.setAttribute("aria-label", meta.label);
    grid.replaceChildren(...head, ...cells);
  });
  return () => URL.revokeObjectURL(url);
}
