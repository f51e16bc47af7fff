const today = 1;
export const keepCase = () => {};
