const instances = new WeakMap();
export default function ({ data, parentElement, setStateValue }) {
  const find = (what) => parentElement.querySelector(what);
  const canvas = find("canvas"), pen = canvas.getContext("2d"), hint = find("p"), status = find("span");
  if (instances.has(parentElement)) return;
  instances.set(parentElement, true);
  hint.textContent = data.hint;
  let strokes = [], waiting = 0;
  const paint = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 280, 280);
    Object.assign(pen, { lineWidth: 20, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (stroke.length === 1) pen.lineTo(stroke[0][0] + 0.1, stroke[0][1]);
      pen.stroke();
    }
    hint.hidden = strokes.length > 0;
    hint.style.display = hint.hidden ? "none" : "";
  };
  const send = (name, blob) => {
    if (!blob) return setStateValue("picture", null);
    const fits = blob.size <= data.max_bytes;
    status.textContent = fits ? "" : "That picture is too large for the pad: use the upload field.";
    if (!fits) return;
    const reader = new FileReader();
    reader.onload = () => setStateValue("picture", { name, data: reader.result.split(",", 2)[1] ?? "" });
    reader.readAsDataURL(blob);
  };
  const sendDrawing = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => strokes.length ? canvas.toBlob((blob) => send("drawing", blob)) : send("", null), 250);
  };
  const take = async (file) => {  // a dropped or pasted picture: shown on the pad, its own bytes sent
    strokes = [];
    paint();
    hint.style.display = "none";
    send(file.name || "pasted picture", file);
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture) return;
    const scale = Math.min(280 / picture.width, 280 / picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    pen.drawImage(picture, (280 - width) / 2, (280 - height) / 2, width, height);
  };
  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [((event.clientX - frame.left) * 280) / frame.width, ((event.clientY - frame.top) * 280) / frame.height];
  };
  let drawing = false;
  canvas.onpointerdown = (event) => {
    clearTimeout(waiting);
    canvas.setPointerCapture(event.pointerId);
    drawing = true;
    strokes.push([place(event)]);
    paint();
  };
  canvas.onpointermove = (event) => {
    if (!drawing) return;
    strokes.at(-1).push(place(event));
    paint();
  };
  canvas.onpointerup = canvas.onpointercancel = () => { if (drawing) { drawing = false; sendDrawing(); } };
  find(".undo").onclick = () => { strokes.pop(); paint(); sendDrawing(); };
  find(".clear").onclick = () => { strokes = []; status.textContent = ""; paint(); sendDrawing(); };
  canvas.ondragover = (event) => { event.preventDefault(); canvas.parentElement.classList.add("over"); };
  canvas.ondragleave = () => canvas.parentElement.classList.remove("over");
  canvas.ondrop = (event) => {
    event.preventDefault();
    canvas.parentElement.classList.remove("over");
    if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  };
  const paste = (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (file) { event.preventDefault(); take(file); }
  };
  document.addEventListener("paste", paste);
  paint();
  return () => { document.removeEventListener("paste", paste); instances.delete(parentElement); };
}
