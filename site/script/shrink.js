/** Pictures made smaller: drawn anew, which leaves behind what a camera writes beside the picture, such as the place. */

/** The longest side, from attempt to attempt: a page of writing can be read at all of them. */
const SIDES = [3000, 2400, 2000, 1600];
const QUALITY = 0.85;

/** The types that a canvas writes. */
const WRITTEN = ['image/jpeg', 'image/webp', 'image/png'];

/** The picture in at most so many bytes, in one of the types; nothing when it is no picture that can be drawn or stays too large. @type {(file: Blob, types: string[], bytesMax: number) => Promise<Blob | undefined>} */
export const shrunk = async (file, types, bytesMax) => {
  const type = WRITTEN.find((one) => types.includes(one));
  const picture = type && (await createImageBitmap(file).catch(() => undefined));
  if (!picture) return undefined;
  for (const side of SIDES) {
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    /** @type {Blob | null} */
    const smaller = await new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
    if (smaller?.type === type && smaller.size <= bytesMax) return smaller;
  }
  return undefined;
};
