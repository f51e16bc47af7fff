import { kinds } from '../../script/kinds.js';

const TODAYS = /^\+84(3[2-9]\d{7}|5[25689]\d{7}|7[06-9]\d{7}|8[1-9]\d{7}|9[0-46-9]\d{7}|2\d{9})$/;
/** Eleven digits until 14 November 2018, Hanoi's 04 until 16 June 2017. */
const OLD_MOBILE = /^\+841(2\d|6[2-9]|8[68]|99)\d{7}$/;
const OLD_LANDLINE = /^\+844\d{8}$/;

kinds.phone = [
  (value, field, { today }) => {
    const lastDay = OLD_MOBILE.test(value) ? '2018-11-14' : OLD_LANDLINE.test(value) ? '2017-06-16' : '';
    return TODAYS.test(value) || (lastDay && today <= lastDay) ? undefined : lastDay ? 'R-PHONE/old' : 'R-PHONE';
  },
  // Without spaces, dots and hyphens, from `+84` on.
  (typed) => typed().replace(/[\s.()-]/g, '').replace(/^(0|84|\+840)/, '+84'),
];
