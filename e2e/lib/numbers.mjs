// Numbers with a right check character, of units and people who do not exist.

const CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** A 统一社会信用代码 (GB 32100) from its first 17 characters. */
export function creditCode(first) {
  let [sum, weight] = [0, 1];
  for (const character of first) {
    sum += CODE.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return first + CODE[(31 - (sum % 31)) % 31];
}

/** A 身份证号 (GB 11643) from its first 17 digits. */
export function residentId(first) {
  let sum = 0;
  for (const [i, digit] of [...first].entries()) sum += Number(digit) * (2 ** (17 - i) % 11);
  return first + "10X98765432"[sum % 11];
}
