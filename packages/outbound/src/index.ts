export { OutboundError, type OutboundErrorCode } from './outbound-error.js';
export { checkUrl } from './check-url.js';
export { isPublicAddress } from './public-address.js';
export { requestOutside, type OutsideAnswer, type OutsideRequest } from './request-outside.js';
