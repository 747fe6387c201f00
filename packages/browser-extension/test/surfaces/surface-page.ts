/** What every open page serves to the background. */
export interface SurfacePage {
  whereAreYou(): Promise<string>;
}
