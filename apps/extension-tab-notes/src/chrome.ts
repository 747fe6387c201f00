/** What this extension uses of the platform. Both browsers have it under this name. */
interface Chrome {
  readonly storage: {
    readonly local: {
      get(key: string): Promise<Record<string, unknown>>;
      set(items: Record<string, unknown>): Promise<void>;
    };
  };
  readonly tabs: {
    query(filter: { active?: boolean; currentWindow?: boolean }): Promise<Tab[]>;
    readonly onUpdated: PlatformEvent;
    readonly onRemoved: PlatformEvent;
    readonly onActivated: PlatformEvent;
  };
  /** Chromium. */
  readonly sidePanel?: { open(options: { windowId: number }): Promise<void> };
  /** Firefox. */
  readonly sidebarAction?: { open(): Promise<void> };
}

/** A tab, as far as notes care. */
export interface Tab {
  readonly id?: number;
  readonly windowId: number;
  readonly title?: string;
  readonly url?: string;
  readonly active: boolean;
}

interface PlatformEvent {
  addListener(listener: () => void): void;
  removeListener(listener: () => void): void;
}

export const chrome: Chrome = (globalThis as unknown as { chrome: Chrome }).chrome;
