const cityNow = 1;
export const keepCase = () => {};
