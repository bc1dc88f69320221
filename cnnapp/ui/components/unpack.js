// The other end of parcel.pack: what is said and one Blob per picture.
function unpack(data) {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  const meta = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  const pictures = meta.sizes.map((size) => new Blob([bytes.slice(at, (at += size))], { type: "image/png" }));
  return { meta, pictures };
}
