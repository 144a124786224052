// A small backend with a WebSocket at /ws/chat: backend LOGGER PORT
package main

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"

	"github.com/go-chi/chi/middleware"
	kitlog "github.com/go-kit/log"
	"github.com/gin-gonic/gin"
	"github.com/gorilla/handlers"
	"github.com/gorilla/websocket"
	"github.com/labstack/echo"
	echomw "github.com/labstack/echo/middleware"
	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

type say func(level, words string, more ...interface{})

func plain(level, words string, more ...interface{}) {
	for i := 0; i+1 < len(more); i += 2 {
		words += fmt.Sprintf(": %v", more[i+1])
	}
	log.Println(words)
}

func logrused(l *logrus.Logger) say {
	return func(level, words string, more ...interface{}) {
		fields := logrus.Fields{}
		for i := 0; i+1 < len(more); i += 2 {
			fields[more[i].(string)] = more[i+1]
		}
		at, _ := logrus.ParseLevel(level)
		l.WithFields(fields).Log(at, words)
	}
}

func zapped(z *zap.SugaredLogger) say {
	return func(level, words string, more ...interface{}) {
		switch level {
		case "debug":
			z.Debugw(words, more...)
		case "warn":
			z.Warnw(words, more...)
		case "error":
			z.Errorw(words, more...)
		default:
			z.Infow(words, more...)
		}
	}
}

func zeroed(z zerolog.Logger) say {
	return func(level, words string, more ...interface{}) {
		at, _ := zerolog.ParseLevel(level)
		event := z.WithLevel(at)
		for i := 0; i+1 < len(more); i += 2 {
			if err, is := more[i+1].(error); is {
				event = event.Err(err)
			} else {
				event = event.Interface(more[i].(string), more[i+1])
			}
		}
		event.Msg(words)
	}
}

func kit(l kitlog.Logger) say {
	return func(level, words string, more ...interface{}) {
		l.Log(append([]interface{}{"level", level, "msg", words}, more...)...)
	}
}

func logger(kind string) say {
	text := logrus.New()
	text.SetLevel(logrus.DebugLevel)
	switch kind {
	case "logrus":
		return logrused(text)
	case "logrus_full":
		text.SetFormatter(&logrus.TextFormatter{FullTimestamp: true, ForceColors: true})
		return logrused(text)
	case "logrus_json":
		text.SetFormatter(&logrus.JSONFormatter{})
		return logrused(text)
	case "zap_console":
		z, _ := zap.NewDevelopment()
		return zapped(z.Sugar())
	case "zap_colour":
		c := zap.NewDevelopmentConfig()
		c.EncoderConfig.EncodeLevel = zapcore.CapitalColorLevelEncoder
		z, _ := c.Build()
		return zapped(z.Named("gateway").Sugar())
	case "zap_json":
		z, _ := zap.NewProduction()
		return zapped(z.Sugar())
	case "zerolog":
		return zeroed(zerolog.New(os.Stderr).With().Timestamp().Logger())
	case "zerolog_console":
		return zeroed(zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, NoColor: true}).With().Timestamp().Logger())
	case "zerolog_colour":
		return zeroed(zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: time.RFC3339}).With().Timestamp().Caller().Logger())
	case "kit":
		return kit(kitlog.With(kitlog.NewLogfmtLogger(kitlog.NewSyncWriter(os.Stderr)), "ts", kitlog.DefaultTimestampUTC, "caller", kitlog.DefaultCaller))
	case "log_flags":
		log.SetFlags(log.LstdFlags | log.Lmicroseconds | log.Lshortfile | log.LUTC)
		log.SetPrefix("[chat] ")
	case "log_msgprefix":
		log.SetFlags(log.LstdFlags | log.Lmsgprefix)
		log.SetPrefix("chat: ")
	}
	return plain
}

func main() {
	kind, address := os.Args[1], "127.0.0.1:"+os.Args[2]
	tell := logger(kind)
	upgrader := websocket.Upgrader{CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") == "https://app.example.com" }}
	mux := http.NewServeMux()
	down, _ := url.Parse("http://127.0.0.1:1")
	mux.Handle("/api/call", httputil.NewSingleHostReverseProxy(down))
	mux.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") })
	mux.HandleFunc("/api/items", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "[1,2,3]") })
	mux.HandleFunc("/api/old", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/api/items", 302) })
	mux.HandleFunc("/api/slow", func(w http.ResponseWriter, r *http.Request) { time.Sleep(120 * time.Millisecond); fmt.Fprint(w, "[]") })
	mux.HandleFunc("/api/twice", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(200); w.WriteHeader(500) })
	mux.HandleFunc("/api/broken", func(w http.ResponseWriter, r *http.Request) {
		var basket map[string]int
		basket["items"]++
	})
	mux.HandleFunc("/ws/dial", func(w http.ResponseWriter, r *http.Request) {
		_, _, err := websocket.DefaultDialer.Dial("ws://"+address+"/health", nil)
		tell("error", "dial", "err", err)
		_, _, err = websocket.DefaultDialer.Dial("ws://127.0.0.1:1/ws", nil)
		tell("error", "dial", "err", err)
		w.WriteHeader(502)
	})
	mux.HandleFunc("/ws/chat", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("token") == "expired" {
			tell("warn", "websocket authentication failed", "path", r.URL.Path, "err", errors.New("token is expired"))
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
			return
		}
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			tell("error", "upgrade", "err", err)
			return
		}
		defer conn.Close()
		tell("info", "websocket client connected", "path", r.URL.Path, "remote_addr", r.RemoteAddr)
		for {
			_, data, err := conn.ReadMessage()
			if err != nil {
				tell("info", "read", "err", err)
				return
			}
			tell("debug", "received", "bytes", len(data))
		}
	})
	tell("info", "listening on "+address)
	var handler http.Handler = mux
	switch kind {
	case "gin":
		g := gin.Default()
		g.Any("/ws/*rest", gin.WrapH(mux))
		g.Any("/api/*rest", gin.WrapH(mux))
		g.GET("/health", gin.WrapH(mux))
		log.Fatal(g.Run(address))
	case "echo":
		e := echo.New()
		e.Use(echomw.Logger(), echomw.Recover())
		e.Any("/*", echo.WrapHandler(mux))
		log.Fatal(e.Start(address))
	case "chi":
		handler = middleware.Logger(mux)
	case "handlers":
		handler = handlers.CombinedLoggingHandler(os.Stdout, mux)
	}
	log.Fatal(http.ListenAndServe(address, handler))
}
