import Testing

@testable import Engine

@Suite("Kernels for bytes")
struct ByteKernelTests {
  /// A convolution's sizes, and what becomes of its sums.
  struct Case: CustomTestStringConvertible {
    var inputs = 5
    var outputs = 21
    var height = 9
    var width = 17
    var kernel = 3
    var stride = 1
    var padding = 1
    var isPlain = false
    var adds = false
    var relu = true
    var writesBytes = true

    var testDescription: String {
      "\(inputs)→\(outputs) \(height)x\(width) kernel \(kernel) stride \(stride)"
        + "\(isPlain ? " plain" : "")\(adds ? " adds" : "")\(writesBytes ? "" : " floats")"
    }

    static let all = [
      Case(), Case(inputs: 40, outputs: 48, adds: true), Case(stride: 2, adds: true, relu: false),
      Case(kernel: 1, padding: 0), Case(inputs: 33, outputs: 7, kernel: 5, stride: 3, padding: 2),
      Case(inputs: 3, height: 23, width: 31, kernel: 7, stride: 2, padding: 3, isPlain: true),
      Case(inputs: 1, outputs: 16, kernel: 4, padding: 2, isPlain: true, relu: false),
      Case(inputs: 64, outputs: 1, height: 1, width: 1, kernel: 1, padding: 0, writesBytes: false),
      Case(inputs: 16, outputs: 33, adds: true, relu: false, writesBytes: false),
    ]
  }

  private func bytes(_ shape: Network.Shape, zero: UInt8, seed: UInt64) -> Reference.ByteMap {
    var random = SplitMix64(seed: seed)
    return Reference.ByteMap(
      shape: shape, scale: ByteScale(.init(-Float(zero), Float(255 - zero))),
      values: (0..<shape.count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
  }

  /// Lays bytes out as the kernels have them, with something else everywhere beside them.
  private func laid(_ map: Reference.ByteMap, _ sizes: ByteMap, seed: UInt64) -> Buffer {
    let buffer = zeros(sizes.count)
    let start = buffer.bytes
    var random = SplitMix64(seed: seed)
    for place in 0..<sizes.count { start[place] = UInt8(truncatingIfNeeded: random.next()) }
    // As a writer leaves it: the halo is the zero, and what lies in spare lanes meets weights of 0.
    for plane in 0..<sizes.planes {
      for row in -sizes.halo..<sizes.shape.height + sizes.halo {
        for column in -sizes.halo..<sizes.shape.width + sizes.halo {
          for lane in 0..<sizes.pixel {
            let isInside =
              (0..<sizes.shape.height).contains(row) && (0..<sizes.shape.width).contains(column)
            let channel = plane * sizes.pixel + lane
            let place = sizes.place(plane, row, column) + lane
            if !isInside { start[place] = map.scale.zero }
            guard isInside, channel < sizes.shape.channels else { continue }
            let pixel = (channel * sizes.shape.height + row) * sizes.shape.width + column
            start[place] = map.values[pixel]
          }
        }
      }
    }
    return buffer
  }

  /// The map's own bytes, and whether its halo is its zero.
  private func read(_ buffer: Buffer, _ sizes: ByteMap) -> (values: [UInt8], isFramed: Bool) {
    var values = [UInt8](repeating: 0, count: sizes.shape.count)
    var isFramed = true
    for channel in 0..<sizes.shape.channels {
      let (plane, lane) = (channel / sizes.pixel, channel % sizes.pixel)
      for row in -sizes.halo..<sizes.shape.height + sizes.halo {
        for column in -sizes.halo..<sizes.shape.width + sizes.halo {
          let byte = buffer.bytes[sizes.place(plane, row, column) + lane]
          if (0..<sizes.shape.height).contains(row), (0..<sizes.shape.width).contains(column) {
            values[(channel * sizes.shape.height + row) * sizes.shape.width + column] = byte
          } else {
            isFramed = isFramed && byte == sizes.scale.zero
          }
        }
      }
    }
    return (values, isFramed)
  }

  @Test(
    "a convolution of bytes gives the plain loops' bits, whole or in parts", arguments: Case.all,
    [8, 16])
  func convolution(sizes: Case, lanes: Int) {
    let input = Network.Shape(channels: sizes.inputs, height: sizes.height, width: sizes.width)
    let window = Reference.Window(
      height: sizes.kernel, width: sizes.kernel, stride: sizes.stride, padding: sizes.padding)
    func extent(_ length: Int) -> Int {
      (length + 2 * sizes.padding - sizes.kernel) / sizes.stride + 1
    }
    let output = Network.Shape(
      channels: sizes.outputs, height: extent(sizes.height), width: extent(sizes.width))
    let x = bytes(input, zero: 77, seed: 1)
    let other = bytes(output, zero: 130, seed: 2)
    let weight = noise(sizes.outputs * sizes.inputs * sizes.kernel * sizes.kernel, seed: 3)
      .map { Int8($0 * 127) }
    let scale = noise(sizes.outputs, seed: 4).map { ($0 + 2) * 1e-3 }
    let shift = noise(sizes.outputs, seed: 5).map { 100 + 50 * $0 }
    let worth: Float = 0.37
    let target = ByteScale(.init(-20, 235))
    let expected = Reference.byteConvolution(
      x, weight: weight, scale: scale, shift: shift,
      adding: sizes.adds ? .init(map: other, worth: worth) : nil, window, into: output)

    for set in ByteKernels.InstructionSet.allCases {
      guard let kernels = ByteKernels(lanes: lanes, set) else { continue }
      let convolution = ByteKernels.Convolution(
        input: ByteMap(
          shape: input, pixel: sizes.isPlain ? 1 : lanes, halo: sizes.padding, scale: x.scale),
        output: ByteMap(shape: output, pixel: lanes, halo: 2, scale: target),
        kernel: sizes.kernel, stride: sizes.stride, padding: sizes.padding, relu: sizes.relu)
      let packed = zeros((kernels.weightCount(convolution) + 3) / 4)
      kernels.weights(
        convolution, outputs: sizes.outputs, inputs: sizes.inputs, weight, into: packed.signed)
      let from = laid(x, convolution.input, seed: 6)
      let otherMap = ByteMap(shape: output, pixel: lanes, halo: 1, scale: other.scale)
      let added = laid(other, otherMap, seed: 7)
      let term = ByteKernels.Term(map: otherMap, bytes: added.bytes, worth: worth)
      let scales = zeros(64), shifts = zeros(64)
      scales.fill(from: scale[...])
      shifts.fill(from: shift[...])
      let y = zeros(convolution.output.count)
      let groups = kernels.groups(of: convolution.output)
      let halves = [0..<output.height / 2, output.height / 2..<output.height]
      for group in 0..<groups {
        for rows in halves {
          kernels.convolution(
            convolution, .init(rows: rows, groups: group..<group + 1), from.bytes,
            weights: packed.signed, scale: scales.start, shift: shifts.start,
            adding: sizes.adds ? term : nil,
            into: sizes.writesBytes ? .bytes(y.bytes) : .floats(y.start))
        }
      }
      if sizes.writesBytes {
        let result = read(y, convolution.output)
        let low = sizes.relu ? target.zero : 0
        #expect(result.values == expected.map { Reference.byte($0, low: low) }, "\(set)")
        #expect(result.isFramed, "\(set)")
      } else {
        var plain = [Float](repeating: 0, count: output.count)
        Kernels(lanes: lanes, .baseline).unpack(y.start, images: 1, output, into: &plain)
        #expect(plain == expected.map { sizes.relu ? max($0, 0) : $0 }, "\(set)")
      }
    }
  }

  @Test("the largest byte of a window is the plain loops'", arguments: [8, 16], [0, 1])
  func maxPool(lanes: Int, padding: Int) {
    let x = bytes(.init(channels: 19, height: 11, width: 8), zero: 200, seed: 1)
    let output = Network.Shape(
      channels: 19, height: (8 + 2 * padding) / 2 + 1, width: (5 + 2 * padding) / 2 + 1)
    let expected = Reference.maxPool(
      .init(x.shape, x.values.map(Double.init)),
      .init(height: 3, width: 3, stride: 2, padding: padding), into: output)
    for set in ByteKernels.InstructionSet.allCases {
      guard let kernels = ByteKernels(lanes: lanes, set) else { continue }
      let from = ByteMap(shape: x.shape, pixel: lanes, halo: 0, scale: x.scale)
      let to = ByteMap(shape: output, pixel: lanes, halo: 1, scale: x.scale)
      let y = zeros(to.count)
      let laid = laid(x, from, seed: 2)
      for row in 0..<output.height {
        kernels.maxPool(
          from, to, kernel: 3, stride: 2, padding: padding, rows: row..<row + 1, laid.bytes,
          into: y.bytes)
      }
      let result = read(y, to)
      #expect(result.values.map(Double.init) == expected.values)
      #expect(result.isFramed)
    }
  }

  @Test("floats become the nearest bytes, and bytes the floats they stand for", arguments: [8, 16])
  func conversion(lanes: Int) {
    let shape = Network.Shape(channels: 11, height: 5, width: 7)
    let scale = ByteScale(.init(-1.1, 0.9))
    let values = noise(shape.count, seed: 1).map { $0 * 1.3 }
    for set in ByteKernels.InstructionSet.allCases {
      guard let kernels = ByteKernels(lanes: lanes, set) else { continue }
      let map = ByteMap(shape: shape, pixel: lanes, halo: 1, scale: scale)
      let x = zeros(map.count), y = zeros(map.count), back = zeros(map.count)
      Kernels(lanes: lanes, .baseline).pack(values, images: 1, shape, into: x.start)
      kernels.quantize(map, rows: 0..<shape.height, x.start, into: y.bytes)
      let result = read(y, map)
      let expected = values.map {
        Reference.byte($0 * (1 / scale.step) + Float(scale.zero))
      }
      #expect(result.values == expected)
      #expect(result.isFramed)
      kernels.dequantize(map, rows: 0..<shape.height, y.bytes, into: back.start)
      var plain = [Float](repeating: 0, count: shape.count)
      Kernels(lanes: lanes, .baseline).unpack(back.start, images: 1, shape, into: &plain)
      #expect(plain == expected.map { (Float($0) - Float(scale.zero)) * scale.step })
    }
  }

  @Test("the ends of an array are found, and a number that is none", arguments: [8, 16])
  func extremes(lanes: Int) {
    for set in ByteKernels.InstructionSet.allCases {
      guard let kernels = ByteKernels(lanes: lanes, set) else { continue }
      for count in [1, 7, 16, 37] {
        let values = noise(count, seed: UInt64(count))
        let ends = values.withUnsafeBufferPointer(kernels.extremes)
        #expect(ends.low == min(values.min() ?? 0, 0))
        #expect(ends.high == max(values.max() ?? 0, 0))
        for flaw in [Float.nan, .infinity, -.infinity] {
          for place in [0, count / 2, count - 1] {
            var broken = values
            broken[place] = flaw
            let ends = broken.withUnsafeBufferPointer(kernels.extremes)
            #expect(ends.low.isNaN && ends.high.isNaN)
          }
        }
      }
    }
  }

  @Test("weights take 255 steps by output channel, and other groups' are 0")
  func weights() {
    let values: [Float] = [1, -2, 0.5, 0, 0, 0, -127, 63.4]
    let (bytes, steps) = ByteWeights.quantized(
      values, outputs: 4, inputs: 4, groups: 2, taps: 1)
    #expect(Array(bytes[0..<4]) == [64, -127, 0, 0])
    #expect(Array(bytes[4..<8]) == [127, 0, 0, 0])
    #expect(Array(bytes[8..<12]) == [0, 0, 0, 0])
    #expect(Array(bytes[12..<16]) == [0, 0, -127, 63])
    #expect(steps[3] == 1)
  }
}

extension Buffer {
  fileprivate var bytes: Bytes {
    UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt8.self)
  }

  fileprivate var signed: UnsafeMutablePointer<Int8> {
    UnsafeMutableRawPointer(start).assumingMemoryBound(to: Int8.self)
  }
}

extension ByteMap {
  /// Bytes before a pixel, which may lie in the halo.
  fileprivate func place(_ plane: Int, _ row: Int, _ column: Int) -> Int {
    let (height, width) = (shape.height + 2 * halo, shape.width + 2 * halo)
    return ((plane * height + row + halo) * width + column + halo) * pixel
  }
}
