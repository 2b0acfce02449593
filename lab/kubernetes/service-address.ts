import ipaddr from "ipaddr.js";

/** The nth address of a CIDR, such as the 10th service address, where cluster DNS lives. */
export function serviceAddress(cidr: string, index: number): string {
  const [network] = ipaddr.parseCIDR(cidr);
  const bytes = network.toByteArray();
  let carry = index;
  for (let position = bytes.length - 1; position >= 0 && carry > 0; position -= 1) {
    const sum = (bytes[position] ?? 0) + carry;
    bytes[position] = sum & 0xff;
    carry = sum >> 8;
  }
  return ipaddr.fromByteArray(bytes).toString();
}
