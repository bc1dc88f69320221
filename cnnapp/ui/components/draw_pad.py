"""A pad to draw on with pen, finger or mouse, to drop pictures on, and to paste into."""

import base64
import binascii
from typing import NamedTuple

import streamlit as st

from cnnapp.errors import CnnAppError

MAX_BYTES = 10 * 1024 * 1024
_HTML = """
<div class="pad"><canvas width="280" height="280" tabindex="0" role="img"
  aria-label="Drawing pad: draw with pen, finger or mouse, or paste or drop a picture"></canvas><p></p></div>
<div class="row"><button type="button" class="undo">Undo</button><button type="button" class="clear">Clear</button>
<span role="status"></span></div>
"""
_CSS = """
.pad { position: relative; width: min(280px, 100%); }
canvas { width: 100%; background: #fff; border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
  touch-action: none; cursor: crosshair; box-sizing: border-box; }
canvas:focus-visible, .over canvas { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
p { position: absolute; inset: 0; margin: 0; display: grid; place-items: center; pointer-events: none;
  font: 16px var(--st-font); color: #6b7680; }
.row { display: flex; gap: 8px; margin-top: 8px; align-items: center; font: 13px var(--st-font); }
.row { color: var(--st-text-color); }
button { font: inherit; color: inherit; background: transparent; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); padding: 6px 14px; cursor: pointer; }
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
"""
_JS = """
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
"""
_pad = st.components.v2.component("cnn_lab_draw_pad", html=_HTML, css=_CSS, js=_JS)


class PadPicture(NamedTuple):
    """What is on the pad."""

    name: str
    data: bytes  # of an image file


def show_draw_pad(key: str, hint: str) -> PadPicture | None:
    """Show the pad with a hint on it; return what was drawn, dropped or pasted, None while it is empty.

    Raises:
        CnnAppError: the picture is larger than 10 MB, or what came is not a picture.
    """
    result = _pad(key=key, data={"max_bytes": MAX_BYTES, "hint": hint}, on_picture_change=lambda: None)
    return read_pad(result.get("picture"))


def read_pad(value: object) -> PadPicture | None:
    """Check and decode what the browser sent: {"name", "data" in base64}, or nothing."""
    if value is None:
        return None
    name, text = (value.get("name"), value.get("data")) if isinstance(value, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(text, str):
        raise CnnAppError("The drawing did not arrive whole: clear the pad and draw again.")
    if len(text) > MAX_BYTES * 4 // 3 + 4:
        raise CnnAppError(f"{name[:80]} is larger than {MAX_BYTES // 2**20} MB: drop it on the upload field instead.")
    try:
        return PadPicture(name[:200], base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise CnnAppError("The drawing did not arrive whole: clear the pad and draw again.") from None
