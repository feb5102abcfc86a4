public import Engine

/// A change whose values are whole steps, with the length of a step for each few values.
///
/// Values are those of all arrays one after another, arrays in the order of their names, so that
/// both sides agree whatever order an array has at home; a scale is for ``block`` values of one
/// array, or what is left of it. Rounded to the nearest, so that equal changes make equal bits.
public struct SmallChange: Sendable, Equatable {
  public let bits: UpdateBits
  /// As the wire packs it: lengths of a step as Float32, 0 where all values of a block are, then the
  /// low bytes of all steps, then the high ones where there are any, little endian.
  private var bytes: [UInt8]
  private let blocks: Int
  private let count: Int

  /// Values that share a scale: a scale takes 0.8 % of what they take in 8 bits.
  static let block = 512

  public init(_ change: Parameters, in bits: UpdateBits) {
    let parts = Self.parts(of: change)
    self.bits = bits
    blocks = parts.count
    count = change.count
    bytes = [UInt8](repeating: 0, count: 4 * blocks + count * bits.element.width)
    for (block, part) in parts.enumerated() {
      let values = change.entries[part.entry].values[part.places]
      let scale = values.reduce(0) { max($0, abs($1)) } / bits.largest
      setScale(scale, of: block)
      for (place, value) in values.enumerated() {
        // So small a scale may itself be rounded that the largest value would be a step too far.
        let step = scale > 0 ? (value / scale).rounded(.toNearestOrEven) : 0
        setStep(Int16(min(max(step, -bits.largest), bits.largest)), of: part.first + place)
      }
    }
  }

  private func scale(of block: Int) -> Float {
    Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[4 * block + $1]) << (8 * $1) })
  }

  private mutating func setScale(_ scale: Float, of block: Int) {
    for byte in 0..<4 {
      bytes[4 * block + byte] = UInt8(truncatingIfNeeded: scale.bitPattern >> (8 * byte))
    }
  }

  private func step(of place: Int) -> Int16 {
    let low = bytes[4 * blocks + place]
    switch bits {
    case .eight: return Int16(Int8(bitPattern: low))
    case .sixteen:
      return Int16(bitPattern: UInt16(low) | UInt16(bytes[4 * blocks + count + place]) << 8)
    }
  }

  private mutating func setStep(_ step: Int16, of place: Int) {
    bytes[4 * blocks + place] = UInt8(truncatingIfNeeded: step)
    if bits == .sixteen {
      bytes[4 * blocks + count + place] = UInt8(truncatingIfNeeded: step >> 8)
    }
  }

  /// The values that share a scale: which entry of a model has them, where in it, and where the change
  /// has the first.
  private struct Part {
    let entry: Int
    let places: Range<Int>
    let first: Int
  }

  private static func parts(of model: Parameters) -> [Part] {
    let order = model.entries.indices.sorted {
      model.entries[$0].name.utf8.lexicographicallyPrecedes(model.entries[$1].name.utf8)
    }
    var parts: [Part] = []
    var first = 0
    for entry in order {
      let count = model.entries[entry].values.count
      for start in stride(from: 0, to: count, by: block) {
        let places = start..<min(start + block, count)
        parts.append(Part(entry: entry, places: places, first: first + start))
      }
      first += count
    }
    return parts
  }

  /// The same for a model that it is a change of, with the length of a step of each.
  private func parts(of model: Parameters) -> [(part: Part, scale: Float)] {
    let parts = Self.parts(of: model)
    precondition(
      count == model.count && blocks == parts.count, "a change has the model's values")
    return parts.enumerated().map { ($1, scale(of: $0)) }
  }

  /// Adds it, times a number, to a model's values in place, as whoever gets it reads it.
  public func add(to model: inout Parameters, scaled factor: Float = 1) {
    for (part, scale) in parts(of: model) {
      for (offset, place) in part.places.enumerated() {
        model.entries[part.entry].values[place] +=
          factor * (Float(step(of: part.first + offset)) * scale)
      }
    }
  }

  /// Whether a model that it is added to has only numbers then.
  func leavesFinite(_ model: Parameters) -> Bool {
    parts(of: model).allSatisfy { part, scale in
      let values = model.entries[part.entry].values
      return part.places.enumerated().allSatisfy { offset, place in
        (values[place] + Float(step(of: part.first + offset)) * scale).isFinite
      }
    }
  }

  /// Euclidean length of it as whoever gets it reads it, summed in double precision.
  func norm(of model: Parameters) -> Double {
    var sum = 0.0
    for (part, scale) in parts(of: model) {
      for place in part.first..<part.first + part.places.count {
        let value = Double(Float(step(of: place)) * scale)
        sum += value * value
      }
    }
    return sum.squareRoot()
  }

  /// Makes every step shorter by the same share.
  mutating func shrink(by factor: Float) {
    for block in 0..<blocks { setScale(scale(of: block) * factor, of: block) }
  }
}

extension SmallChange {
  /// What the one array is called on the wire; what is in it, its type and length say too.
  private static let name = "change"

  /// As the wire carries it: one array of bytes, whatever the model has.
  ///
  /// Packed by ``RawDeflate``: of what training changes, most is small.
  func arrays() throws(FleetError) -> [(name: String, array: FleetArray)] {
    let packed = RawDeflate.pack(bytes)
    return [
      (Self.name, try FleetArray(.uint8, shape: [packed.count]) { Array(packed[$0]) })
    ]
  }

  /// Whether arrays are a change in steps, whatever is in them: a model's are floats.
  static func isNamed(in arrays: [(name: String, array: FleetArray)]) -> Bool {
    arrays.count == 1 && arrays[0].name == name && arrays[0].array.element == .uint8
  }

  /// Reads what somebody sent for a model; nothing of it is believed but what it is seen to be.
  ///
  /// - Throws: ``Unbelievable`` for another type or number of values, and for a step whose length
  ///   is no number or makes a value that is none.
  init(
    _ arrays: [(name: String, array: FleetArray)], for model: Parameters, in bits: UpdateBits
  ) throws(Unbelievable) {
    count = model.count
    blocks = Self.parts(of: model).count
    let length = 4 * blocks + count * bits.element.width
    guard Self.isNamed(in: arrays), arrays[0].array.shape.count == 1,
      arrays[0].array.byteCount <= RawDeflate.longest(of: length)
    else { throw Unbelievable("another type or number of steps") }
    let packed: [UInt8]
    do { packed = try arrays[0].array.bytes(0..<arrays[0].array.byteCount) } catch {
      throw Unbelievable("steps that cannot be read")
    }
    guard let bytes = RawDeflate.unpack(packed, to: length) else {
      throw Unbelievable("another type or number of steps")
    }
    self.bits = bits
    self.bytes = bytes
    let isMeasured = (0..<blocks).allSatisfy { block in
      let scale = scale(of: block)
      return scale >= 0 && (scale * (bits.largest + 1)).isFinite
    }
    guard isMeasured else { throw Unbelievable("steps whose length is no number") }
  }
}

extension Parameters {
  /// The same arrays in the order of their names, which the wire has.
  var inWireOrder: Parameters {
    Parameters(
      entries: entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
  }
}
