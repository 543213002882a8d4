// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

/// Which socket a lease is joined to, how, and what that socket did.
@Suite(.timeLimit(.minutes(15))) struct JoinTests {
    private func lease(_ build: (inout TraceScript) -> Void) throws -> LeaseSummary {
        var script = TraceScript()
        build(&script)
        return try #require(script.analyzed().openLeases.first)
    }

    @Test func walkNamesTheSocketAndItsEndpoint() throws {
        let lease = try lease { script in
            script.connect(at: 1, inode: 900, descriptor: 7)
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        }
        #expect(lease.join == .walked)
        #expect(lease.socket?.endpoint?.description == "10.0.0.5:5432")
        #expect(lease.descriptor == 7)
    }

    @Test func walkThatEndsAtADescriptorFindsTheSocketByIt() throws {
        let lease = try lease { script in
            script.connect(at: 1, inode: 900, descriptor: 7)
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, descriptor: 7)
        }
        #expect(lease.join == .walked)
        #expect(lease.socket?.id.inode == 900)
    }

    @Test func socketFromBeforeTheTraceIsKnownFromTheCensus() throws {
        let lease = try lease { script in
            script.census(at: 1, index: 0, inode: 900, descriptor: 7)
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        }
        #expect(lease.socket?.id.bornAt == nil)
        #expect(lease.socket?.endpoint?.description == "10.0.0.5:5432")
    }

    @Test func laterWalkReplacesTheWitness() throws {
        let lease = try lease { script in
            script.acquire(at: 10, goroutine: 5, connection: 0xc0)
            script.query(at: 11, inode: 777, goroutine: 5)
            script.leaseJoin(at: 20, connection: 0xc0, acquiredAt: 10, inode: 900, descriptor: 7)
        }
        #expect(lease.join == .walkedLater)
        #expect(lease.socket?.id.inode == 900)
        #expect(lease.lastActivity == nil, "the I/O was on another socket")
        #expect(lease.isWitnessContrary)
    }

    @Test func laterWalkOfAnEarlierLeaseIsIgnored() throws {
        let lease = try lease { script in
            script.acquire(at: 10, goroutine: 5, connection: 0xc0)
            script.leaseJoin(at: 20, connection: 0xc0, acquiredAt: 3, inode: 900, descriptor: 7)
        }
        #expect(lease.join == .none)
    }

    @Test func holdersOnlySocketIsTheWitness() throws {
        let lease = try lease { script in
            script.acquire(at: 10, goroutine: 5, connection: 0xc0)
            script.query(at: 11, inode: 900, goroutine: 5)
            script.query(at: 12, inode: 901, goroutine: 6)
        }
        #expect(lease.join == .witness)
        #expect(lease.socket?.id.inode == 900)
    }

    @Test func holderOfTwoSocketsIsNoWitness() throws {
        let lease = try lease { script in
            script.acquire(at: 10, goroutine: 5, connection: 0xc0)
            script.query(at: 11, inode: 900, goroutine: 5)
            script.query(at: 12, inode: 901, goroutine: 5)
        }
        #expect(lease.join == .none)
        #expect(lease.socket == nil)
    }

    @Test func socketOfAnotherLeaseIsNoWitness() throws {
        var script = TraceScript()
        script.acquire(at: 5, goroutine: 5, connection: 0xc1, inode: 901, descriptor: 8)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0)
        script.query(at: 11, inode: 901, goroutine: 5)
        script.query(at: 12, inode: 900, goroutine: 5)
        let leases = script.analyzed().openLeases
        #expect(leases.map(\.join) == [.walked, .witness])
        #expect(leases.last?.socket?.id.inode == 900)
    }

    @Test func descriptorNumberThatIsReusedIsAnotherSocket() throws {
        let lease = try lease { script in
            script.connect(at: 1, inode: 900, descriptor: 7)
            script.descriptorClose(at: 2, inode: 900, descriptor: 7)
            script.socketClose(at: 2, inode: 900)
            script.connect(at: 3, inode: 901, descriptor: 7, port: 6432)
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, descriptor: 7)
        }
        #expect(lease.socket?.id.inode == 901)
        #expect(lease.socket?.endpoint?.port == 6432)
    }

    @Test func duplicatedDescriptorKeepsTheSocketAlive() throws {
        let lease = try lease { script in
            script.plan.kernelProbes[0].records.removeAll { $0 == "socket_close" }
            script.connect(at: 1, inode: 900, descriptor: 7)
            script.duplicate(at: 2, inode: 900, from: 7, to: 9)
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
            script.descriptorClose(at: 12, inode: 900, descriptor: 7)
        }
        #expect(lease.socket?.closedAt == nil)
        #expect(lease.descriptor == 9)
    }

    @Test func lastDescriptorClosesTheSocketWhereNothingElseTells() throws {
        let lease = try lease { script in
            script.plan.kernelProbes[0].records.removeAll { $0 == "socket_close" }
            script.connect(at: 1, inode: 900, descriptor: 7)
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
            script.descriptorClose(at: 12, inode: 900, descriptor: 7)
        }
        #expect(lease.socket?.closedAt == TraceScript.instant(12))
    }

    @Test("A reader of /proc/PID/fd hides a close with the tracepoint mechanism; the descriptor's tells")
    func lastDescriptorClosesTheSocketWhereItsEndIsHidden() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.release(at: 11, goroutine: 5, connection: 0xc0)
        script.descriptorClose(at: 12, inode: 900, descriptor: 7)
        // The next connection has the object's address and the descriptor.
        script.connect(at: 14, inode: 901, descriptor: 7)
        script.acquire(at: 16, goroutine: 5, connection: 0xc0, inode: 901, descriptor: 7)
        let lease = try #require(script.analyzed().openLeases.first)
        #expect(lease.connection.number == 1)
        #expect(lease.connection.isNumberExact)
        #expect(script.analyzed().openSockets == 1)
    }

    @Test func aDuplicateKeepsTheSocketWhereItsEndWouldBeSeen() throws {
        let lease = try lease { script in
            script.connect(at: 1, inode: 900, descriptor: 7)
            script.duplicate(at: 2, inode: 900, from: 7, to: 9)
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
            script.descriptorClose(at: 12, inode: 900, descriptor: 7)
            script.connect(at: 20, inode: 901, descriptor: 7)
        }
        #expect(lease.socket?.closedAt == nil)
        #expect(lease.descriptor == 9)
    }

    @Test func socketTimeIsFromRequestToAnswer() throws {
        let lease = try lease { script in
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900)
            script.query(at: 20, inode: 900, goroutine: 5, took: 30)
            script.query(at: 100, inode: 900, goroutine: 5, took: 8)
        }
        #expect(lease.socketTime == .milliseconds(38))
        #expect(lease.awaitingAnswerSince == nil)
        #expect(lease.receivedBytes == 400)
    }

    @Test func readThatFoundNothingCountsUntilDataComes() throws {
        let lease = try lease { script in
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900)
            script.receive(at: 20, inode: 900, goroutine: 5, bytes: -11)
            script.receive(at: 25, inode: 900, goroutine: 5)
        }
        #expect(lease.socketTime == .milliseconds(5))
    }

    @Test func requestWithoutAnswerIsOutstanding() throws {
        let lease = try lease { script in
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900)
            script.send(at: 20, inode: 900, goroutine: 5)
            script.receive(at: 20.1, inode: 900, goroutine: 5, bytes: -11)
        }
        #expect(lease.awaitingAnswerSince == TraceScript.instant(20))
    }

    @Test func useByAnotherGoroutineIsAHandOver() throws {
        let lease = try lease { script in
            script.acquire(at: 10, goroutine: 5, connection: 0xc0, inode: 900)
            script.query(at: 20, inode: 900, goroutine: 6)
        }
        #expect(lease.isHandedOver)
    }
}
