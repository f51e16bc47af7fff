// Shapes that the page's modules share. The form's own shape is made by formdef (`Form::page`, `Form::to_compiled`).

/** A lowered expression: a literal, or `[operator, operand, …]`. */
export type Tree = any;
/** A value of an expression: an answer, a part of one, or (unknown) `undefined`. */
export type Known = any;
/** An answer in its canonical form, as contract and wire format have it. */
export type Answer = any;
export type Answers = Record<string, Answer>;

/** What an expression is evaluated over. */
export interface Scope {
  get: (field: string) => Known;
  /** When the answers are checked: `YYYY-MM-DDThh:mm:ss+07:00`, or a day for its first second. */
  at: string;
  /** `YYYY-MM-DD`, the day of the submission in the city. */
  today: string;
  /** Those that are there. */
  lists: Lists;
}

/** A field's own words for a fault: the rule, their key among the words of faults. */
export type Wording = [rule: string, words: number];

export interface Field {
  id: string;
  kind: string;
  /** There, empty, when it need not be answered. */
  optional?: string;
  show_when?: Tree;
  /** Its section's. */
  section_when?: Tree;
  prefill?: Tree;
  value?: Tree;
  gives?: string;
  options?: { value: string; opens?: string; closes?: string }[];
  list?: string;
  within?: Tree;
  only?: string[];
  length_min?: number;
  length_max?: number;
  min?: number;
  max?: number;
  decimals?: number;
  levels?: number;
  capitals?: boolean;
  ordered?: boolean;
  distinct?: string;
  of?: string;
  types?: string[];
  count_max?: number;
  bytes_max?: number;
  fields?: Field[];
  invalid?: Wording;
  missing?: Wording;
}

/** A section of the page. */
export interface Section {
  step: HTMLElement;
  show_when?: Tree;
  fields: Field[];
}

export type Severity = 'error' | 'route' | 'warning' | 'info';

export type Rule = [field: string, rule: string, severity: Severity, assert: Tree];

export interface Recipient {
  role: string;
  kind: string;
  office: { of?: string; district_of?: string; prefix?: string };
  /** On a page: what an office of a district is called. */
  label?: string;
  /** None: everything. */
  reads?: string[];
}

/** What checks look at: fields outside repeat groups, rules. */
export interface Form {
  fields: Field[];
  rules: Rule[];
}

export interface ListItem {
  code: string;
  label: string;
  group?: string;
  opens?: string;
  closes?: string;
  mode?: 'trial';
}

/** A list in the page's language. */
export interface List {
  groups?: { code: string; label: string }[];
  items: ListItem[];
}

/** Lists that are there; the words of faults, and what the review needs, come the same way and have a shape of their own. */
export type Lists = Record<string, List | undefined>;

export interface Fault {
  field: string;
  rule: string;
  severity: Severity;
  /** Their key among the words of faults. */
  words: string | number;
  /** What fills their gaps beside the question. */
  gaps?: { min?: number; max?: number; decimals?: number };
}

/** What a kind's check may look at besides the answer. */
export interface Context {
  lists: Lists;
  at: string;
  today: string;
}

/** What was typed into the input named field id + part, NFC and trimmed; a chosen option's value. */
export type Typed = (part?: string) => string;

/** A kind's check (the code of what is wrong), its reader, the JSON type of its answers (an object's parts), what is wrong within its entries, its words for a worked-out value. */
export type Kind = [
  check: (value: Answer, field: Field, context: Context) => string | undefined,
  read?: (typed: Typed, field: Field, name: string) => Answer | undefined,
  type?: string | string[],
  faultsWithin?: (field: Field, value: Answer, context: Context) => Fault[],
  inWords?: (value: Answer) => string,
];

export interface Jwk {
  kty: string;
  crv: string;
  x: string;
  y: string;
}

export interface DatedKey {
  kid: string;
  jwk: Jwk;
  not_before: number;
  not_after: number;
}

export interface KeyFile {
  v: number;
  exp: number;
  office: { code: string; kind: string; mode: 'live' | 'trial'; keys: DatedKey[] };
}

/** A file that a page links by its script: attributes of the link. `integrity` is its digest. */
export interface Linked {
  href: string;
  integrity: string;
}

/** The data block of a form's page (`Form::page` of formdef), and what is loaded before the review. */
export interface PageData {
  sections: Record<string, Tree>;
  fields: Record<string, Partial<Field>>;
  rules: Rule[];
  /** What the page loads: name → the part of its address that is the digest of its content. */
  lists: Record<string, string>;
  ui: Record<string, string>;

  /** Its papers by their ids. */
  attachments: Record<string, Paper>;
  /** What sending files of papers needs; only where the form has papers. */
  files?: Filing;
  mode: 'live' | 'trial';
  recipients: Recipient[];
  ref: { id: string; version: number; sha256: string };
  relay: string;
  /** Who signs the offices' keys; none: nothing can be sent. */
  publishers: Jwk[] | null;
  /** The script of the review and of sending. */
  script: Linked;
  /** The style of the review. */
  style: Linked;
  /** Address of the page of kept receipts. */
  receipts: string;
  /** The script that shows a copy of what was sent. */
  copy: Linked;
  /** The script that offers another application; only where the form has one. */
  again?: Linked;
}

/** What a case keeps on the device: keys that cannot be taken out, and what was sent. */
export interface Case {
  id: string;
  keys: CryptoKeyPair;
  reply: { keys: CryptoKeyPair; secret: string };
  /** The id of an earlier submission of the case, and what this one does to it. */
  follows?: Follows;
}

/** Names an earlier submission by its id. */
export interface Follows {
  amends?: string;
  withdraws?: string;
}

/** An earlier submission that the page's next one follows. */
export interface Followed {
  how: keyof Follows;
  kept: KeptCase;
}

/** Bytes that no other thread writes to. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** When a paper is needed, and what its files may be. */
export interface Paper {
  show_when?: Tree;
  /** Media types. */
  types: string[];
  count_max: number;
  bytes_max: number;
}

/** The script, the address of its worker; how files of each media type begin, in hexadecimal with points for any digit; words. */
export interface Filing {
  script: Linked;
  sealer: string;
  formats: Record<string, string[]>;
  ui: Record<string, string>;
}

/** A file that was chosen for a paper. */
export interface Chosen {
  file: Blob;
  name: string;
  /** What its first bytes say. */
  type: string;
  /** The words on what is written beside the picture: taken away, or perhaps still there; none when there was nothing. */
  notes: 'file_bare' | 'file_notes' | '';
}

/** The same sealed: as the manifest names it and as the sealed parts tell of it. */
export interface SealedFile {
  n: string;
  field: string;
  name: string;
  type: string;
  size: number;
  len: number;
  pieces: string;
  kc: string;
  ikm: string;
}

/** What a submission is and where it goes, as those need it who tell of it, amend it or withdraw it. */
export interface Addressed {
  /** The service and the receiving office, in the page's language. */
  title: string;
  where: string;
  /** The path of the form's page. */
  page: string;
  /** By role, the code of each office that got a part. */
  offices: Record<string, string>;
}

/** A submission with the sealed files that follow it. */
export interface SealedWithFiles extends Sealed, Addressed {
  files: { n: string; len: number }[];
}

/** What the relay signed. */
export interface Receipt {
  v: number;
  id: string;
  mode: 'live' | 'trial';
  manifest_sha256: string;
  form: { id: string; version: number; sha256: string };
  agency: string;
  received_at: number;
}

/** A case that a person chose to keep on the device. */
export interface KeptCase extends Case, Addressed {
  reference: string;
  received_at: number;
  /** The JWS and its proof, and the name of the file in which they are saved. */
  receipt: string;
  file: string;
  /** What was typed, for amending it; only where the person wants that, too. */
  copy?: SealedTyping;
}

/** What was typed, sealed under a key that cannot be taken out. */
export interface SealedTyping {
  key: CryptoKey;
  iv: Uint8Array<ArrayBuffer>;
  sealed: ArrayBuffer;
}

/** A submission that waits for a network, or whose files are on their way. */
export interface Waiting extends SealedWithFiles {
  case_: Case;
  relay: string;
  /** When its answers were checked, and when its manifest was signed last. */
  at: number;
  iat: number;
  /** `manifest_sha256` of all that was signed of it. */
  signed: string[];
  /** The same of what waited under its id before its answers were changed. */
  before: string[];
  /** Whether the relay may have it. */
  isTried: boolean;
  /** Names the draft of which it was made; where there is one. */
  draft?: string;
}

/** What became of it. */
export interface Dispatched extends Waiting {
  receipt: string;
  /** Whether the receipt is for what waited before the answers were changed. */
  isEarlier: boolean;
}

/** A submission, ready for the relay. */
export interface Sealed {
  id: string;
  manifest_sha256: string;
  digest: Uint8Array;
  body: string;
  exp: number;
}
