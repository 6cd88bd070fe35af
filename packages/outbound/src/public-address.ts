import ipaddr from 'ipaddr.js';

/**
 * Whether an IP address belongs to the public internet. Everything else is refused: loopback, private and link-local networks (where clouds keep their
 * metadata), carrier NAT, multicast, reserved ranges, and IPv6 forms that carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // A mapped address is judged as the IPv4 address that is meant.
  return ipaddr.process(address).range() === 'unicast';
}
