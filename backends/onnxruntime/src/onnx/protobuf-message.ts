const textEncoder = new TextEncoder();

/** Protobuf's wire types (developers.google.com/protocol-buffers, "Encoding"). */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/**
 * One protobuf message under construction.
 *
 * Byte fields are kept by reference and copied once, by `toBytes`: weights of hundreds of megabytes pass through without intermediate copies.
 */
export class ProtobufMessage {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** An int32, int64, enum or bool field; a negative value takes ten bytes, as protobuf's two's complement demands. */
  integer(field: number, value: number): this {
    return this.#tag(field, VARINT).#varint(value);
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, FIXED_32).#append(bytes);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, LENGTH_DELIMITED).#varint(value.length).#append(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, textEncoder.encode(value));
  }

  message(field: number, value: ProtobufMessage): this {
    this.#tag(field, LENGTH_DELIMITED).#varint(value.#length);
    for (const piece of value.#pieces) this.#append(piece);
    return this;
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let offset = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, offset);
      offset += piece.length;
    }
    return bytes;
  }

  #tag(field: number, wireType: number): this {
    return this.#varint(field * 8 + wireType);
  }

  #varint(value: number): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.#append(Uint8Array.from(bytes));
  }

  #append(piece: Uint8Array): this {
    this.#pieces.push(piece);
    this.#length += piece.length;
    return this;
  }
}
