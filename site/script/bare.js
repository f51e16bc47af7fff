/**
 * Pictures without what cameras and programs write beside them: the place, the time, the device, a smaller picture of before. Not a
 * dot of the picture itself changes; which side is up stays, too.
 *
 * @import { Bytes } from './types'
 */

const letters = (/** @type {Bytes} */ bytes, /** @type {number} */ at, /** @type {number} */ length) => String.fromCharCode(...bytes.subarray(at, at + length));

/** What a picture is: its parts that stay; none when it is not as its format says. @typedef {(bytes: Bytes, view: DataView) => BlobPart[] | undefined} Bare */

/** Markers of JPEG (ITU-T T.81, table B.1): application's segments, a comment, the picture's data, its end. */
const [APP0, APP1, APP2, APP14, APP15, COMMENT, SCAN, END] = [0xffe0, 0xffe1, 0xffe2, 0xffee, 0xffef, 0xfffe, 0xffda, 0xffd9];
/** The tag of Exif that says which side is up. */
const ORIENTATION = 0x112;

/** Which side is up, 1 to 8, of a segment with Exif. @type {(view: DataView, at: number) => number} */
const orientationAt = (view, at) => {
  const tiff = at + 10;
  const isLittle = view.getUint16(tiff) === 0x4949;
  const entries = tiff + view.getUint32(tiff + 4, isLittle);
  for (let index = view.getUint16(entries, isLittle); index--; ) {
    const entry = entries + 2 + 12 * index;
    if (view.getUint16(entry, isLittle) === ORIENTATION) return view.getUint16(entry + 8, isLittle);
  }
  return 1;
};

/** A segment of Exif that says nothing but which side is up. */
const uprightSegment = (/** @type {number} */ side) =>
  new Uint8Array([0xff, 0xe1, 0, 34, ...new TextEncoder().encode('Exif\0\0MM\0*'), 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, side, 0, 0, 0, 0, 0, 0]);

/** Where the data of a scan ends: at the first marker that is no restart and no stuffed byte. @type {(bytes: Bytes, at: number) => number} */
const scanEnd = (bytes, at) => {
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return -1;
    if (bytes[at + 1] && (bytes[at + 1] & 0xf8) !== 0xd0 && bytes[at + 1] !== 0xff) return at;
    at += bytes[at + 1] === 0xff ? 1 : 2;
  }
};

/** @type {Bare} */
const bareJpeg = (bytes, view) => {
  const parts = [bytes.subarray(0, 2)];
  let side = 1;
  for (let at = 2; ; ) {
    const marker = view.getUint16(at);
    // Some cameras write more behind the end.
    if (marker === END) return [parts[0], ...(side > 1 && side < 9 ? [uprightSegment(side)] : []), ...parts.slice(1), bytes.subarray(at, at + 2)];
    let end = at + 2 + view.getUint16(at + 2);
    const begins = letters(bytes, at + 4, 11);
    if (marker === APP1 && begins.startsWith('Exif')) side = orientationAt(view, at);
    const isProfile = marker === APP2 && begins === 'ICC_PROFILE';
    const isNote = marker > APP0 && marker <= APP15 && marker !== APP14 && !isProfile;
    if (marker === SCAN) end = scanEnd(bytes, end);
    if (marker < 0xffc0 || end < at) return undefined;
    if (!isNote && marker !== COMMENT) parts.push(bytes.subarray(at, end));
    at = end;
  }
};

/** Chunks of PNG with words, times and Exif (W3C PNG 3, section 11.3). */
const PNG_NOTES = /^(tEXt|[iz]TXt|eXIf|tIME)$/;

/** @type {Bare} */
const barePng = (bytes, view) => {
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const [type, end] = [letters(bytes, at + 4, 4), at + 12 + view.getUint32(at)];
    if (end > bytes.length) return undefined;
    if (!PNG_NOTES.test(type)) parts.push(bytes.subarray(at, end));
    if (type === 'IEND') return parts;
    at = end;
  }
  return undefined;
};

/** What the header of a WebP says of chunks that are taken away: Exif and XMP (RFC 9649, section 2.7). */
const WEBP_NOTES = 0x0c;

/** @type {Bare} */
const bareWebp = (bytes, view) => {
  const parts = [];
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [type, length] = [letters(bytes, at, 4), view.getUint32(at + 4, true)];
    const chunk = bytes.slice(at, (at += 8 + length + (length & 1)));
    if (at > bytes.length) return undefined;
    if (type === 'VP8X') chunk[8] &= ~WEBP_NOTES;
    if (type !== 'EXIF' && type !== 'XMP ') parts.push(chunk);
  }
  const header = bytes.slice(0, 12);
  new DataView(header.buffer).setUint32(4, parts.reduce((sum, { length }) => sum + length, 4), true);
  return [header, ...parts];
};

/** @type {Record<string, Bare>} */
const bareBy = { 'image/jpeg': bareJpeg, 'image/png': barePng, 'image/webp': bareWebp };

/** A picture without notes, itself where it has none. Nothing of a file that is not seen through: another format, a picture that is broken off or not as its format says. @type {(file: Blob, type: string) => Promise<Blob | undefined>} */
export const bare = async (file, type) => {
  if (!bareBy[type]) return undefined;
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const parts = bareBy[type](bytes, new DataView(bytes.buffer));
    const picture = parts && new Blob(parts, { type });
    return picture && (picture.size < file.size ? picture : file);
  } catch {
    // Reading went beyond its end: no such picture.
    return undefined;
  }
};
