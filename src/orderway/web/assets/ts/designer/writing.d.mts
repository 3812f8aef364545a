export function keepStatedDefaults(moddle: unknown): void;
export function withReturns(xml: string): string;
