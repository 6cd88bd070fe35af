/** Of the operating system. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}
