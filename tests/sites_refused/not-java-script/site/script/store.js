let = = 1;
export const keepCase = () => {};
