/** The articles of the shop: name and price in cents. An order keeps the prices that it was placed with. */
export const catalogue: ReadonlyMap<string, { readonly name: string; readonly price: number }> = new Map([
  ["lamp", { name: "Desk lamp", price: 49_00 }],
  ["chair", { name: "Oak chair", price: 129_00 }],
  ["kettle", { name: "Tea kettle", price: 35_50 }],
  ["rug", { name: "Wool rug", price: 219_00 }],
]);
