export function keepStatedDefaults(moddle: unknown): void;
export function withReturns(xml: string): string;
export function keepFigures(moddle: unknown): void;
export function keepReferences(moddle: unknown): void;
export function leftOut(warnings: readonly unknown[]): boolean;
