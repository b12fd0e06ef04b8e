/** The request methods that Envoy's HTTP/1 codec knows; in upper case alone. */
const KNOWN = new Set(
  (
    'DELETE GET HEAD POST PUT CONNECT OPTIONS TRACE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK BIND REBIND ' +
    'UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE NOTIFY SUBSCRIBE UNSUBSCRIBE PATCH PURGE MKCALENDAR LINK ' +
    'UNLINK SOURCE'
  ).split(' '),
);

/** Whether Envoy's HTTP/1 codec knows the method. */
export function isKnownMethod(method: string): boolean {
  return KNOWN.has(method);
}
