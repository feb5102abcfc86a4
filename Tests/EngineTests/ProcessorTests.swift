import Engine
import Testing

@Suite struct ProcessorTests {
  @Test("the processor multiplies and adds at some rate, alone and together", arguments: [1, 2])
  func rate(threads: Int) {
    #expect(Processor.multiplyAddRate(threads: threads) > 0)
  }

  @Test("the instructions in use have a name")
  func instructions() {
    #expect(["AVX-512", "AVX2", "baseline"].contains(Processor.instructions))
  }
}
