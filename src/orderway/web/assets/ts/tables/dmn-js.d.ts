// What of dmn-js the page of tables uses; it ships no types.
declare module "dmn-js-shared/lib/base/EditingManager" {
  export interface View { id: string; type: string; name?: string; element: { id: string } & import("./trying").Drawn }
  export default class EditingManager {
    constructor(options: object);
    importXML(xml: string, options?: object): Promise<{ warnings: unknown[] }>;
    saveXML(options: object): Promise<{ xml: string }>;
    getViews(): View[];
    getActiveViewer(): { get<T>(name: string): T } | undefined;
    open(view: View): Promise<{ warnings: unknown[] }>;
    on(event: string, listener: (event: never) => void): void;
  }
}
declare module "dmn-js-decision-table/lib/Viewer" {
  export default class Viewer {
    constructor(options: object);
    static _getModules(): object[];
  }
}
declare module "dmn-js-decision-table/lib/features/*" { const part: object; export default part; }
declare module "dmn-js-shared/lib/features/*" { const part: object; export default part; }
declare module "table-js/lib/features/*" { const part: object; export default part; }
