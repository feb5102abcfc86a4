/// A cell of the screen, counted from the top left corner, which is (0, 0).
public struct Position: Sendable, Hashable {
  public var x: Int
  public var y: Int

  public init(_ x: Int, _ y: Int) {
    self.x = x
    self.y = y
  }
}
