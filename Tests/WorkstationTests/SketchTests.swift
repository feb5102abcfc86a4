import Testing
import Terminal
@testable import Workstation
@Test func sketch() {
  for (w, h) in [(60, 16), (80, 24), (100, 30), (160, 50)] {
    var s = Workstation.onWorklist(Fixture.options(width: w, height: h))
    print(s.screen(w, h)); print("=====")
    s = .onStudy(Fixture.options(width: w, height: h))
    _ = s.press(.character("n"))
    print(s.screen(w, h)); print("=====")
    s.type("a"); s.type("c"); print(s.screen(w, h)); print("=====")
    s.type("s")
    _ = s.press(.character("r"))
    print(s.screen(w, h)); print("=====")
    _ = s.press(.control("s"))
    print(s.screen(w, h)); print("=====")
    _ = s.press(.escape); _ = s.press(.escape)
    s.type("?"); print(s.screen(w, h)); print("=====")
    _ = s.press(.escape)
    s.type(":exp"); print(s.screen(w, h)); print("=====")
    _ = s.press(.escape); s.type("gs")
    print(s.screen(w, h)); print("=====")
  }
}
