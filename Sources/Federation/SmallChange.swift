public import Engine

/// A change whose values are whole steps, with the length of a step for each few values.
///
/// Values are those of all arrays one after another, arrays in the order of their names, so that
/// both sides agree whatever order an array has at home; a scale is for ``block`` values of one
/// array, or what is left of it. Rounded to the nearest, so that equal changes make equal bits.
public struct SmallChange: Sendable, Equatable {
  public let bits: UpdateBits
  private(set) var steps: [Int16]
  /// Length of a step, for each block; 0 where all values are.
  private(set) var scales: [Float]

  /// Values that share a scale: a scale takes 0.8 % of what they take in 8 bits.
  static let block = 512

  public init(_ change: Parameters, in bits: UpdateBits) {
    self.bits = bits
    steps = []
    scales = []
    steps.reserveCapacity(change.count)
    for place in Self.order(of: change) {
      let values = change.entries[place].values
      for start in stride(from: 0, to: values.count, by: Self.block) {
        let part = values[start..<min(start + Self.block, values.count)]
        let scale = part.reduce(0) { max($0, abs($1)) } / bits.largest
        scales.append(scale)
        for value in part {
          // So small a scale may itself be rounded that the largest value would be a step too far.
          let step = scale > 0 ? (value / scale).rounded(.toNearestOrEven) : 0
          steps.append(Int16(min(max(step, -bits.largest), bits.largest)))
        }
      }
    }
  }

  /// The arrays' places in the order of their names.
  private static func order(of parameters: Parameters) -> [Int] {
    parameters.entries.indices.sorted {
      parameters.entries[$0].name.utf8.lexicographicallyPrecedes(parameters.entries[$1].name.utf8)
    }
  }

  private static func blocks(of parameters: Parameters) -> Int {
    parameters.entries.reduce(0) { $0 + ($1.values.count + block - 1) / block }
  }

  /// The change as whoever gets it reads it, with the arrays of a model.
  public func change(of model: Parameters) -> Parameters {
    precondition(
      steps.count == model.count && scales.count == Self.blocks(of: model),
      "a change has the model's values")
    var change = model
    var (value, block) = (0, 0)
    for place in Self.order(of: model) {
      let count = model.entries[place].values.count
      for start in stride(from: 0, to: count, by: Self.block) {
        for index in start..<min(start + Self.block, count) {
          change.entries[place].values[index] = Float(steps[value]) * scales[block]
          value += 1
        }
        block += 1
      }
    }
    return change
  }

  /// Makes every step shorter by the same share.
  mutating func shrink(by factor: Float) { scales = scales.map { $0 * factor } }
}

extension SmallChange {
  /// What the one array is called on the wire; what is in it, its type and length say too.
  private static let name = "change"

  /// As the wire carries it: one array of bytes, whatever the model has.
  ///
  /// They are the lengths as Float32, then the low bytes of all steps, then the high ones where there
  /// are any, little endian and packed by ``RawDeflate``: of what training changes, most is small.
  func arrays() throws(FleetError) -> [(name: String, array: FleetArray)] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * scales.count + steps.count * bits.element.width)
    for scale in scales {
      let pattern = scale.bitPattern
      for shift in [0, 8, 16, 24] as [UInt32] {
        bytes.append(UInt8(truncatingIfNeeded: pattern >> shift))
      }
    }
    for byte in 0..<bits.element.width {
      for step in steps { bytes.append(UInt8(truncatingIfNeeded: step >> (8 * byte))) }
    }
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
    let (values, blocks) = (model.count, Self.blocks(of: model))
    let count = 4 * blocks + values * bits.element.width
    guard Self.isNamed(in: arrays), arrays[0].array.shape.count == 1,
      arrays[0].array.byteCount <= RawDeflate.longest(of: count)
    else { throw Unbelievable("another type or number of steps") }
    let packed: [UInt8]
    do { packed = try arrays[0].array.bytes(0..<arrays[0].array.byteCount) } catch {
      throw Unbelievable("steps that cannot be read")
    }
    guard let bytes = RawDeflate.unpack(packed, to: count) else {
      throw Unbelievable("another type or number of steps")
    }
    self.bits = bits
    scales = (0..<blocks).map { block in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[4 * block + $1]) << (8 * $1) })
    }
    let steps = bytes[(4 * blocks)...]
    switch bits {
    case .eight: self.steps = steps.map { Int16(Int8(bitPattern: $0)) }
    case .sixteen:
      self.steps = zip(steps.prefix(values), steps.dropFirst(values)).map {
        Int16(bitPattern: UInt16($0) | UInt16($1) << 8)
      }
    }
    guard scales.allSatisfy({ $0 >= 0 && ($0 * (bits.largest + 1)).isFinite }) else {
      throw Unbelievable("steps whose length is no number")
    }
  }
}

extension Parameters {
  /// The same arrays in the order of their names, which the wire has.
  var inWireOrder: Parameters {
    Parameters(
      entries: entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
  }
}
