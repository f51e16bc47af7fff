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

/** In one language (on a page), or in all of them (compiled form). */
export type Text = string | Record<string, string>;

export interface Wording {
  id: string;
  message: Text;
}

export interface Field {
  id: string;
  kind: string;
  required: boolean;
  show_when?: Tree;
  default?: Answer;
  prefill?: Tree;
  value?: Tree;
  gives?: string;
  options?: { value: string; opens?: string; closes?: string }[];
  list?: string;
  within?: Tree;
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

export interface Section {
  id: string;
  show_when?: Tree;
  fields: Field[];
}

export type Severity = 'error' | 'route' | 'warning' | 'info';

export interface Rule {
  id: string;
  on: string;
  severity: Severity;
  assert: Tree;
  message: Text;
}

export interface Recipient {
  role: string;
  kind: string;
  office: { of?: string; district_of?: string; prefix?: string };
  reads: string[];
}

export interface Form {
  id: string;
  mode: 'live' | 'trial';
  recipients: Recipient[];
  /** Papers: no questions, but listed under a condition. */
  attachments: { id: string; show_when?: Tree }[];
  sections: Section[];
  rules: Rule[];
  /** Words of the faults of kinds, by code. */
  messages?: Record<string, Text>;
}

export interface ListItem {
  code: string;
  label: Text;
  group?: string;
  opens?: string;
  closes?: string;
}

export interface List {
  id: string;
  groups?: { code: string; label: Text }[];
  items: ListItem[];
}

export type Lists = Record<string, List | undefined>;

export interface Fault {
  field: string;
  rule: string;
  severity: Severity;
  message: Text;
}

/** What a kind's check may look at besides the answer. */
export interface Context {
  lists: Lists;
  at: string;
  today: string;
}

/** What was typed into the input named field id + part, NFC and trimmed; a chosen option's value. */
export type Typed = (part?: string) => string;

/** A kind's check (the code of what is wrong), its reader, the JSON type of its answers, what is wrong within its entries, its words for a worked-out value. */
export type Kind = [
  check: (value: Answer, field: Field, context: Context) => string | undefined,
  read: (typed: Typed, field: Field, name: string) => Answer | undefined,
  type?: string,
  faultsWithin?: (form: Form, field: Field, value: Answer, context: Context) => Fault[],
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

/** The data block of a form's page. */
export interface PageData {
  form: Form;
  ref: { id: string; version: number; sha256: string };
  lang: string;
  relay: string;
  receipt: string;
  /** The script that offers another application; only where the form has one. */
  again?: string;
  portal: string;
  sending: boolean;
  publishers: Jwk[];
  lists: Record<string, string>;
  offices: Record<string, { prefix?: string; label: Text }>;
  ui: Record<string, string>;
}

/** What a case keeps on the device: keys that cannot be taken out, and what was sent. */
export interface Case {
  id: string;
  keys: CryptoKeyPair;
  reply: { keys: CryptoKeyPair; secret: string };
}

/** A submission, ready for the relay. */
export interface Sealed {
  id: string;
  manifest_sha256: string;
  reference: string;
  body: string;
  exp: number;
}
