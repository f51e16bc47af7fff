/** What the preview says, in the language of the page it speaks on. */

const words = {
  vi: {
    faults: (/** @type {number} */ count) => `${count} lỗi trong nguồn`,
    lastGood: 'Bên dưới là bản tốt gần nhất. Sửa và lưu lại, hộp này sẽ tự mất.',
    noPage: 'Chưa có trang nào để xem. Sửa và lưu lại, trang sẽ tự hiện.',
    lost: 'Mất liên lạc với `motcua serve`. Chạy lại lệnh này, trang sẽ tự nối lại.',
    bar: 'Xem trước',
    states: 'Trạng thái',
    languages: 'Ngôn ngữ',
    widths: 'Bề rộng',
    empty: 'Trống',
    errors: 'Mọi lỗi',
    everything: 'Mọi câu hỏi',
    print: 'Bản in',
    full: 'Rộng',
    narrow: '320 px',
  },
  en: {
    faults: (/** @type {number} */ count) => (count === 1 ? '1 fault in the sources' : `${count} faults in the sources`),
    lastGood: 'Below is the last good page. Mend it and save, and this box goes away.',
    noPage: 'There is no page to show yet. Mend it and save, and the page appears.',
    lost: 'No connection to `motcua serve`. Start it again, and the page connects by itself.',
    bar: 'Preview',
    states: 'State',
    languages: 'Language',
    widths: 'Width',
    empty: 'Empty',
    errors: 'All errors',
    everything: 'Everything shown',
    print: 'Print',
    full: 'Full',
    narrow: '320 px',
  },
};

/** The words for a page's language. */
export const wordsOf = (/** @type {string} */ language) => (language === 'vi' ? words.vi : words.en);

/** An element with its content; an attribute without a value is left out. @type {(tag: string, attributes?: Record<string, string | undefined>, ...content: (Node | string)[]) => HTMLElement} */
export const element = (tag, attributes = {}, ...content) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  made.append(...content);
  return made;
};
