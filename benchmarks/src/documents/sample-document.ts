/** Returns the value of a document. Its JSON has about 240 bytes. */
export function sampleDocument(): object {
  return {
    customer: "customer-17",
    items: [
      { sku: "SKU-1", quantity: 3, price: 12.5, note: "some text of a realistic length here" },
      { sku: "SKU-2", quantity: 1, price: 99, note: "some text of a realistic length here" },
    ],
    total: 136.5,
    isPaid: false,
  };
}
