// SPDX-License-Identifier: Apache-2.0

/// A Go program that says about itself what an inspection from outside must find: its own stack with inlined calls,
/// addresses of connections with their descriptors, of goroutines with their stacks, of a pool with its counters. Then it waits for the
/// end of its input.
enum InspectedProgram {
    static let files = [
        "main.go": main, "g_amd64.s": assembly, "tls.go": tls, "go.mod": "module inspected\n\ngo 1.19\n",
    ]

    private static let main = """
        package main

        import (
        	"bytes"
        	"context"
        	"database/sql"
        	"database/sql/driver"
        	"errors"
        	"fmt"
        	"io"
        	"net"
        	"os"
        	"runtime"
        	"strconv"
        	"strings"
        	"sync"
        	"sync/atomic"
        	"syscall"
        	"time"
        	"unsafe"
        )

        func getg() uintptr

        var overTLS func(net.Conn) net.Conn

        // Go 1.21 gave locks words of their own.
        var lockState = map[bool]string{true: "semacquire", false: "sync.Mutex.Lock"}[strings.HasPrefix(runtime.Version(), "go1.19")]

        // A driver's connection as libraries have them: the net.Conn is two structures away from the object.
        type transport struct {
        	pad  [3]uint64
        	name string
        	conn net.Conn
        }
        type base struct {
        	decoy *bytes.Buffer
        	wire  *transport
        }
        type session struct {
        	id int
        	base
        }

        func (s *session) Ping() int { return s.id }

        type pinger interface{ Ping() int }

        // A single pointer is stored in the interface itself.
        type direct struct{ inner *session }

        func (d direct) Ping() int { return d.inner.id }

        // Holds the socket itself, not the interface.
        type concrete struct {
        	id  int
        	tcp *net.TCPConn
        }

        func (c *concrete) Ping() int { return c.id }

        type hopeless struct{ next *hopeless }

        // Holds what has the connection as a value without a static type, and a pointer to what others share.
        type late struct {
        	id    int
        	other *hidden
        	value atomic.Value
        }
        type hidden struct{ value any }

        func (l *late) Ping() int { return l.id }

        func (h *hopeless) Ping() int { return 0 }

        var keep struct {
        	tcp, unix, udp, tls net.Conn
        	nested, direct      pinger
        	concrete, hopeless  pinger
        	late                pinger
        	none                net.Conn
        }

        func must(err error) {
        	if err != nil {
        		panic(err)
        	}
        }

        func descriptor(c net.Conn) int {
        	raw, err := c.(syscall.Conn).SyscallConn()
        	must(err)
        	fd := -1
        	must(raw.Control(func(value uintptr) { fd = int(value) }))
        	return fd
        }

        func dial(network, address string) net.Conn {
        	if network == "udp" {
        		c, err := net.Dial("udp", "127.0.0.1:9")
        		must(err)
        		return c
        	}
        	l, err := net.Listen(network, address)
        	must(err)
        	c, err := net.Dial(network, l.Addr().String())
        	must(err)
        	return c
        }

        //go:noinline
        func capture() {
        	pcs := make([]uintptr, 64)
        	n := runtime.Callers(1, pcs)
        	for i := 0; i < n; i++ {
        		frame, _ := runtime.CallersFrames(pcs[i : i+1]).Next()
        		fmt.Printf("frame %d %s %s %d\\n", pcs[i], frame.Function, frame.File, frame.Line)
        	}
        }

        func innermost(n int) int {
        	capture()
        	return n + 1
        }

        func middle(n int) int {
        	if n > 3 {
        		n = innermost(n)
        	}
        	return n
        }

        //go:noinline
        func outermost(n int) int { return middle(n) + 2 }

        //go:noinline
        func instance[T any](v T) int {
        	return len(fmt.Sprint(v)) + outermost(4)
        }

        func goid() uint64 {
        	text := make([]byte, 64)
        	text = text[:runtime.Stack(text, false)]
        	id, err := strconv.ParseUint(string(bytes.Fields(text)[1]), 10, 64)
        	must(err)
        	return id
        }

        //go:noinline
        func descend(depth int, said chan string, parked *sync.Mutex) int {
        	if depth == 0 {
        		said <- fmt.Sprintf("goroutine deep %d %d", getg(), goid())
        		parked.Lock()
        		return 0
        	}
        	return descend(depth-1, said, parked) + 1
        }

        // What the runtime itself says of a goroutine: its state, and its calls without those of the runtime.
        func traceback(name string, id uint64, state string) {
        	for {
        		text := make([]byte, 1<<20)
        		text = text[:runtime.Stack(text, true)]
        		for _, part := range strings.Split(string(text), "\\n\\n") {
        			lines := strings.Split(part, "\\n")
        			if !strings.HasPrefix(lines[0], fmt.Sprintf("goroutine %d [%s", id, state)) {
        				continue
        			}
        			fmt.Printf("stack %s %s", name, strings.ReplaceAll(state, " ", "_"))
        			for _, line := range lines[1:] {
        				if open := strings.LastIndex(line, "("); open > 0 && !strings.HasPrefix(line, "\\t") && !strings.HasPrefix(line, "created by") {
        					fmt.Printf(" %s", line[:open])
        				}
        			}
        			fmt.Println()
        			return
        		}
        		time.Sleep(time.Millisecond)
        	}
        }

        type fake struct{}
        type fakeConn struct{}

        func (fake) Open(string) (driver.Conn, error)           { return &fakeConn{}, nil }
        func (*fakeConn) Prepare(string) (driver.Stmt, error)   { return nil, errors.New("no") }
        func (*fakeConn) Close() error                          { return nil }
        func (*fakeConn) Begin() (driver.Tx, error)             { return nil, errors.New("no") }

        func pool() {
        	sql.Register("fake", fake{})
        	db, err := sql.Open("fake", "")
        	must(err)
        	db.SetMaxOpenConns(7)
        	db.SetMaxIdleConns(3)
        	var conns []*sql.Conn
        	for i := 0; i < 5; i++ {
        		c, err := db.Conn(context.Background())
        		must(err)
        		conns = append(conns, c)
        	}
        	for _, c := range conns[:2] {
        		must(c.Close())
        	}
        	s := db.Stats()
        	fmt.Printf("pool %d %d %d %d %d\\n", uintptr(unsafe.Pointer(db)), s.OpenConnections, s.Idle, s.MaxOpenConnections, 3)
        	runtime.KeepAlive(conns)
        }

        func main() {
        	instance("text")
        	keep.tcp = dial("tcp", "127.0.0.1:0")
        	keep.unix = dial("unix", "@inspected-"+strconv.Itoa(os.Getpid()))
        	keep.udp = dial("udp", "")
        	s := &session{id: 7, base: base{wire: &transport{name: "x", conn: keep.tcp}}}
        	keep.nested = s
        	keep.direct = direct{s}
        	keep.concrete = &concrete{tcp: keep.tcp.(*net.TCPConn)}
        	keep.hopeless = &hopeless{}
        	l := &late{other: &hidden{5}}
        	l.value.Store(&transport{name: "y", conn: keep.tcp})
        	keep.late = l
        	fmt.Printf("conn tcp %d %d\\n", uintptr(unsafe.Pointer(&keep.tcp)), descriptor(keep.tcp))
        	fmt.Printf("conn unix %d %d\\n", uintptr(unsafe.Pointer(&keep.unix)), descriptor(keep.unix))
        	fmt.Printf("conn udp %d %d\\n", uintptr(unsafe.Pointer(&keep.udp)), descriptor(keep.udp))
        	fmt.Printf("conn nested %d %d\\n", uintptr(unsafe.Pointer(&keep.nested)), descriptor(keep.tcp))
        	fmt.Printf("conn direct %d %d\\n", uintptr(unsafe.Pointer(&keep.direct)), descriptor(keep.tcp))
        	fmt.Printf("conn concrete %d %d\\n", uintptr(unsafe.Pointer(&keep.concrete)), descriptor(keep.tcp))
        	fmt.Printf("conn late %d %d\\n", uintptr(unsafe.Pointer(&keep.late)), descriptor(keep.tcp))
        	fmt.Printf("conn hopeless %d -1\\n", uintptr(unsafe.Pointer(&keep.hopeless)))
        	fmt.Printf("conn none %d -1\\n", uintptr(unsafe.Pointer(&keep.none)))
        	if overTLS != nil {
        		keep.tls = overTLS(keep.unix)
        		fmt.Printf("conn tls %d %d\\n", uintptr(unsafe.Pointer(&keep.tls)), descriptor(keep.unix))
        	}
        	pool()
        	parked := make(chan int)
        	said := make(chan string)
        	go func() {
        		said <- fmt.Sprintf("goroutine parked %d %d", getg(), goid())
        		<-parked
        	}()
        	report := func(state string) {
        		line := <-said
        		fmt.Println(line)
        		words := strings.Fields(line)
        		id, err := strconv.ParseUint(words[3], 10, 64)
        		must(err)
        		traceback(words[1], id, state)
        	}
        	report("chan receive")
        	var mutex sync.Mutex
        	mutex.Lock()
        	go func() { descend(20, said, &mutex) }()
        	report(lockState)
        	done := make(chan int)
        	go func() {
        		defer close(done)
        		said <- fmt.Sprintf("goroutine ended %d %d", getg(), goid())
        		runtime.Goexit()
        	}()
        	ended := <-said
        	<-done
        	time.Sleep(50 * time.Millisecond) // the deferred close runs before the goroutine ends
        	fmt.Println(ended)
        	fmt.Printf("goroutine main %d %d\\n", getg(), goid())
        	fmt.Println("ready")
        	io.Copy(io.Discard, os.Stdin)
        }

        """
}
