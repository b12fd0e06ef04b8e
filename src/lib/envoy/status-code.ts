/**
 * `envoy.type.v3.HttpStatus`: dumps write the code by its name.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/v3/http_status.proto
 */
const CODES: Readonly<Record<number, string>> = {
  100: 'Continue SwitchingProtocols Processing EarlyHints',
  200: 'OK Created Accepted NonAuthoritativeInformation NoContent ResetContent PartialContent MultiStatus AlreadyReported',
  226: 'IMUsed',
  300: 'MultipleChoices MovedPermanently Found SeeOther NotModified UseProxy',
  307: 'TemporaryRedirect PermanentRedirect',
  400:
    'BadRequest Unauthorized PaymentRequired Forbidden NotFound MethodNotAllowed NotAcceptable ProxyAuthenticationRequired ' +
    'RequestTimeout Conflict Gone LengthRequired PreconditionFailed PayloadTooLarge URITooLong UnsupportedMediaType ' +
    'RangeNotSatisfiable ExpectationFailed',
  421: 'MisdirectedRequest UnprocessableEntity Locked FailedDependency TooEarly UpgradeRequired',
  428: 'PreconditionRequired TooManyRequests',
  431: 'RequestHeaderFieldsTooLarge',
  500:
    'InternalServerError NotImplemented BadGateway ServiceUnavailable GatewayTimeout HTTPVersionNotSupported ' +
    'VariantAlsoNegotiates InsufficientStorage LoopDetected',
  511: 'NetworkAuthenticationRequired',
};

const BY_NAME = new Map(
  Object.entries(CODES).flatMap(([first, names]) =>
    names.split(' ').map((name, index) => [name, Number(first) + index] as const),
  ),
);

export interface HttpStatus {
  /** A name of the enumeration, or its number. */
  readonly code?: string | number;
}

/** The status as a number; 0 where there is none, as proto3 has it. */
export function statusOf(status: HttpStatus | undefined): number {
  const code = status?.code ?? 0;
  return typeof code === 'number' ? code : (BY_NAME.get(code) ?? 0);
}
