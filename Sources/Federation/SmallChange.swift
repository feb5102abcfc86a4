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
  /// What the two arrays are called on the wire.
  static let (change, lengths) = ("change", "scales")

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
  /// As the wire carries it: two arrays, whatever the model has.
  func arrays() throws(FleetError) -> [(name: String, array: FleetArray)] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(steps.count * bits.element.width)
    for step in steps {
      bytes.append(UInt8(truncatingIfNeeded: step))
      if bits == .sixteen { bytes.append(UInt8(truncatingIfNeeded: step >> 8)) }
    }
    let values = bytes
    return [
      (Self.change, try FleetArray(bits.element, shape: [steps.count]) { Array(values[$0]) }),
      (Self.lengths, try FleetArray(scales, shape: [scales.count])),
    ]
  }

  /// Whether arrays of an answer are a change in steps, whatever is in them.
  static func isNamed(in arrays: [(name: String, array: FleetArray)]) -> Bool {
    Set(arrays.map(\.name)) == [change, lengths] && arrays.count == 2
  }

  /// Reads what a site sent for a model; nothing of it is believed but what it is seen to be.
  ///
  /// - Throws: ``Unbelievable`` for another type or number of values, and for a step whose length
  ///   is no number or makes a value that is none.
  init(
    _ arrays: [(name: String, array: FleetArray)], for model: Parameters, in bits: UpdateBits
  ) throws(Unbelievable) {
    let found = FleetRecord.arrays(arrays)
    guard let change = found.array(Self.change), let lengths = found.array(Self.lengths),
      change.element == bits.element, change.shape == [model.count],
      lengths.element == .float32, lengths.shape == [Self.blocks(of: model)]
    else { throw Unbelievable("another type or number of steps") }
    do {
      scales = try lengths.floats()
      steps = try change.steps()
    } catch {
      throw Unbelievable(
        error as? FleetError == .notFinite
          ? "steps whose length is no number" : "steps that cannot be read")
    }
    self.bits = bits
    guard scales.allSatisfy({ $0 >= 0 && ($0 * (bits.largest + 1)).isFinite }) else {
      throw Unbelievable("steps whose length is no number")
    }
  }
}

extension FleetArray {
  /// The values of an array of 8 or 16 bits.
  fileprivate func steps() throws -> [Int16] {
    var values: [Int16] = []
    values.reserveCapacity(byteCount / element.width)
    var low: UInt8?
    try forEachPiece { piece in
      for byte in piece {
        if element == .int8 {
          values.append(Int16(Int8(bitPattern: byte)))
        } else if let first = low {
          values.append(Int16(bitPattern: UInt16(byte) << 8 | UInt16(first)))
          low = nil
        } else {
          low = byte
        }
      }
    }
    return values
  }
}
