import { ProtobufMessage } from './protobuf-message.js';

/** Element types by their numbers in onnx.proto's TensorProto.DataType. */
export const ELEMENT_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** A size, or the name of one that is known only at run time. */
export type Dimension = number | string;

/** An int, a list of ints, a string, or a float, which has to be told apart from an int. */
export type AttributeValue = number | readonly number[] | string | { readonly float: number };

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Names of the outputs, when they matter. */
  readonly outputs?: readonly string[];
}

/** A model whose large weights lie beside its protobuf, which cannot exceed 2 GB and would be copied as a whole. */
export interface OnnxModel {
  readonly graph: Uint8Array;
  readonly weights: readonly ModelWeights[];
}

/** The weights of one initializer, under the name by which the graph refers to them. */
export interface ModelWeights {
  readonly path: string;
  readonly data: Uint8Array;
}

/** Smaller initializers stay in the protobuf: shapes must, as ONNX Runtime reads them while it loads the graph. */
const EXTERNAL_BYTES_MIN = 16_384;
/** TensorProto.DataLocation. */
const EXTERNAL_LOCATION = 1;

const IR_VERSION = 9;
/** As the end of a Slice: however long it is. */
export const TO_THE_END = 2 ** 31 - 1;

const OPERATOR_SET = 21;
const MICROSOFT_DOMAIN = 'com.microsoft';

/**
 * Builds an ONNX model and writes it as protobuf (onnx.proto of the ONNX project).
 *
 * Values are passed about by name. Initializers of the same name are written once, so that constants can be asked for wherever they are needed.
 */
export class OnnxGraph {
  readonly #nodes: ProtobufMessage[] = [];
  readonly #initializers = new Map<string, ProtobufMessage>();
  readonly #weights: ModelWeights[] = [];
  readonly #inputs: ProtobufMessage[] = [];
  readonly #outputs: ProtobufMessage[] = [];
  #nodeCount = 0;

  initializer(
    name: string,
    type: ElementType,
    shape: readonly number[],
    data: Float32Array | Uint8Array | Int8Array | BigInt64Array,
  ): string {
    if (this.#initializers.has(name)) return name;
    const tensor = new ProtobufMessage();
    for (const size of shape) tensor.integer(1, size);
    tensor.integer(2, ELEMENT_TYPES[type]).text(8, name);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (bytes.length < EXTERNAL_BYTES_MIN) {
      tensor.bytes(9, bytes);
    } else {
      tensor.message(13, stringEntry('location', name));
      tensor.message(13, stringEntry('offset', '0'));
      tensor.message(13, stringEntry('length', String(bytes.length)));
      tensor.integer(14, EXTERNAL_LOCATION);
      this.#weights.push({ path: name, data: bytes });
    }
    this.#initializers.set(name, tensor);
    return name;
  }

  floats(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    return this.initializer(
      name,
      'float32',
      shape,
      values instanceof Float32Array ? values : Float32Array.from(values),
    );
  }

  scalar(value: number): string {
    return this.floats(`scalar_${value}`, [], [value]);
  }

  integers(values: readonly number[]): string {
    return this.initializer(
      `integers_${values.join('_')}`,
      'int64',
      [values.length],
      BigInt64Array.from(values.map(BigInt)),
    );
  }

  /** An int64 without dimensions, as Gather takes it to drop the axis. */
  index(value: number): string {
    return this.initializer(`index_${value}`, 'int64', [], BigInt64Array.of(BigInt(value)));
  }

  /** Adds a standard operator with one output and returns that output's name. */
  node(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.#addNode('', operator, inputs, 1, options)[0] as string;
  }

  /** Adds a standard operator with several outputs. */
  nodes(operator: string, inputs: readonly string[], count: number, options: NodeOptions = {}): readonly string[] {
    return this.#addNode('', operator, inputs, count, options);
  }

  /** Adds one of ONNX Runtime's own operators (docs/ContribOperators.md). */
  contributed(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.#addNode(MICROSOFT_DOMAIN, operator, inputs, 1, options)[0] as string;
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): string {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** Makes a value an output under its own name. */
  output(value: string, name: string, type: ElementType, shape: readonly Dimension[]): void {
    this.node('Identity', [value], { outputs: [name] });
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** The weights are those that were handed in, not copies. */
  toModel(): OnnxModel {
    return { graph: this.#toBytes(), weights: this.#weights };
  }

  #toBytes(): Uint8Array {
    const graph = new ProtobufMessage();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, 'whisper');
    for (const initializer of this.#initializers.values()) graph.message(5, initializer);
    for (const input of this.#inputs) graph.message(11, input);
    for (const output of this.#outputs) graph.message(12, output);
    return new ProtobufMessage()
      .integer(1, IR_VERSION)
      .text(2, 'voice-transcriber')
      .message(7, graph)
      .message(8, new ProtobufMessage().text(1, '').integer(2, OPERATOR_SET))
      .message(8, new ProtobufMessage().text(1, MICROSOFT_DOMAIN).integer(2, 1))
      .toBytes();
  }

  #addNode(
    domain: string,
    operator: string,
    inputs: readonly string[],
    outputCount: number,
    { attributes = {}, outputs }: NodeOptions,
  ): readonly string[] {
    const name = `${operator}_${this.#nodeCount++}`;
    const outputNames = outputs ?? Array.from({ length: outputCount }, (_, position) => `${name}:${position}`);
    const node = new ProtobufMessage();
    for (const input of inputs) node.text(1, input);
    for (const output of outputNames) node.text(2, output);
    node.text(3, name).text(4, operator);
    for (const [key, value] of Object.entries(attributes)) node.message(5, attribute(key, value));
    if (domain !== '') node.text(7, domain);
    this.#nodes.push(node);
    return outputNames;
  }
}

/** onnx.proto's StringStringEntryProto. */
function stringEntry(key: string, value: string): ProtobufMessage {
  return new ProtobufMessage().text(1, key).text(2, value);
}

/** onnx.proto's AttributeProto: the value's field, and its type's number in field 20. */
function attribute(name: string, value: AttributeValue): ProtobufMessage {
  const message = new ProtobufMessage().text(1, name);
  if (typeof value === 'string') return message.text(4, value).integer(20, 3);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (isFloat(value)) return message.float(2, value.float).integer(20, 1);
  for (const item of value) message.integer(8, item);
  return message.integer(20, 7);
}

function isFloat(value: readonly number[] | { readonly float: number }): value is { readonly float: number } {
  return 'float' in value;
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): ProtobufMessage {
  const dimensions = new ProtobufMessage();
  for (const size of shape) {
    const dimension = new ProtobufMessage();
    dimensions.message(1, typeof size === 'string' ? dimension.text(2, size) : dimension.integer(1, size));
  }
  const tensorType = new ProtobufMessage().integer(1, ELEMENT_TYPES[type]).message(2, dimensions);
  return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensorType));
}
