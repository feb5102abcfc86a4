import Testing

@testable import OnnxImport

@Suite("Windows of any shape become square ones")
struct WindowTests {
  @Test("zeros before or after the numbers make up for uneven padding")
  func uneven() throws {
    let square = try #require(
      SquareKernel(window(kernel: [2, 2], ["pads": .integers([0, 0, 1, 1])])))
    #expect((square.kernel, square.padding, square.stride) == (3, 1, 1))
    #expect(square.spread([1, 2, 3, 4], kernels: 1) == [0, 0, 0, 0, 1, 2, 0, 3, 4])
  }

  @Test("a dilated kernel is a wider one with zeros between")
  func dilated() throws {
    let square = try #require(
      SquareKernel(window(kernel: [2, 2], ["dilations": .integers([2, 2])])))
    #expect(square.spread([1, 2, 3, 4], kernels: 1) == [1, 0, 2, 0, 0, 0, 3, 0, 4])
  }

  @Test("a row becomes the middle of a square")
  func row() throws {
    let square = try #require(
      SquareKernel(window(kernel: [1, 3], ["pads": .integers([0, 1, 0, 1])])))
    #expect((square.kernel, square.padding) == (3, 1))
    #expect(
      square.spread([1, 2, 3, 4, 5, 6], kernels: 2)
        == [0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 4, 5, 6, 0, 0, 0])
  }

  @Test("directions that shrink unalike or step unalike become none")
  func impossible() throws {
    #expect(try SquareKernel(window(kernel: [1, 3])) == nil)
    #expect(try SquareKernel(window(kernel: [3, 3], ["strides": .integers([1, 2])])) == nil)
    #expect(try SquareKernel(window(kernel: [40, 40])) == nil)
  }

  @Test("automatic padding puts the odd pixel after or before")
  func automatic() throws {
    for (mode, before, after) in [("SAME_UPPER", 0, 1), ("SAME_LOWER", 1, 0), ("VALID", 0, 0)] {
      let window = try window(
        kernel: [3, 3], ["auto_pad": .text(mode), "strides": .integers([2, 2])])
      #expect((window.height.before, window.height.after) == (before, after))
    }
  }

  private func window(
    kernel: [Int], _ attributes: [String: GraphNode.Attribute] = [:]
  ) throws -> Window {
    try Window(
      GraphNode(name: "", type: "Conv", inputs: [], outputs: [], attributes: attributes),
      kernel: kernel, input: (8, 8))
  }
}
