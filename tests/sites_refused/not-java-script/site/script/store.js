let = = 1;
export const keepCase = () => {};
export const keptCases = () => {};
export const forgetCase = () => {};
export const forgetCases = () => {};
